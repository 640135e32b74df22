/* Loaded into every process of a test (LD_PRELOAD): writes down each attempt to reach another machine, or to be
   reached from one, and refuses it. One line an attempt, to the file that NETWORK_RECORD names: process id, program, call, address.

   Loopback, Unix sockets and netlink pass. A name that is to be looked up counts as an attempt, unless it is
   "localhost" or an address. glibc asks name servers with calls of its own that pass no library boundary: the
   call that begins a look-up is what is seen of it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void record(const char *call, const char *where)
{
    const char *path = getenv("NETWORK_RECORD");
    char line[512];
    int length = snprintf(line, sizeof line, "%d\t%s\t%s\t%s\n", getpid(), program_invocation_short_name, call, where);
    int file = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (file < 0 || write(file, line, length) != length)
        abort(); /* a recorder that cannot write must not look like silence */
    close(file);
}

/* Whether the address is on another machine; if so, it is recorded. */
static int is_foreign(const char *call, const struct sockaddr *address)
{
    char host[INET6_ADDRSTRLEN] = "?", where[INET6_ADDRSTRLEN + 16];
    if (address == NULL)
        return 0;
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        if (ntohl(v4->sin_addr.s_addr) >> 24 == 127)
            return 0;
        inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
        snprintf(where, sizeof where, "%s:%d", host, ntohs(v4->sin_port));
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
        const struct in6_addr *raw = &v6->sin6_addr;
        if (IN6_IS_ADDR_LOOPBACK(raw) || (IN6_IS_ADDR_V4MAPPED(raw) && raw->s6_addr[12] == 127))
            return 0;
        inet_ntop(AF_INET6, raw, host, sizeof host);
        snprintf(where, sizeof where, "[%s]:%d", host, ntohs(v6->sin6_port));
    } else {
        return 0;
    }
    record(call, where);
    errno = ENETUNREACH;
    return 1;
}

/* Whether a name would be asked of a name server; if so, it is recorded. */
static int is_foreign_name(const char *call, const char *name)
{
    unsigned char raw[sizeof(struct in6_addr)];
    if (name == NULL || !strcmp(name, "localhost") || inet_pton(AF_INET, name, raw) == 1 ||
        inet_pton(AF_INET6, name, raw) == 1)
        return 0;
    record(call, name);
    return 1;
}

int connect(int socket, const struct sockaddr *address, socklen_t length)
{
    return is_foreign("connect", address) ? -1 : NEXT(connect)(socket, address, length);
}

int listen(int socket, int waiting)
{
    struct sockaddr_storage own = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof own;
    if (getsockname(socket, (struct sockaddr *)&own, &length) == 0 && is_foreign("listen", (struct sockaddr *)&own))
        return -1;
    return NEXT(listen)(socket, waiting);
}

ssize_t sendto(int socket, const void *data, size_t size, int flags, const struct sockaddr *address, socklen_t length)
{
    return is_foreign("sendto", address) ? -1 : NEXT(sendto)(socket, data, size, flags, address, length);
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags)
{
    return is_foreign("sendmsg", message->msg_name) ? -1 : NEXT(sendmsg)(socket, message, flags);
}

int sendmmsg(int socket, struct mmsghdr *messages, unsigned int count, int flags)
{
    for (unsigned int i = 0; i < count; i++)
        if (is_foreign("sendmmsg", messages[i].msg_hdr.msg_name))
            return -1;
    return NEXT(sendmmsg)(socket, messages, count, flags);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    return is_foreign_name("getaddrinfo", name) ? EAI_NONAME : NEXT(getaddrinfo)(name, service, hints, found);
}

int getnameinfo(const struct sockaddr *address, socklen_t length, char *host, socklen_t host_size, char *service,
                socklen_t service_size, int flags)
{
    if (host != NULL && !(flags & NI_NUMERICHOST) && is_foreign("getnameinfo", address))
        return EAI_NONAME;
    return NEXT(getnameinfo)(address, length, host, host_size, service, service_size, flags);
}

struct hostent *gethostbyname(const char *name)
{
    return is_foreign_name("gethostbyname", name) ? NULL : NEXT(gethostbyname)(name);
}

struct hostent *gethostbyname2(const char *name, int family)
{
    return is_foreign_name("gethostbyname2", name) ? NULL : NEXT(gethostbyname2)(name, family);
}

int gethostbyname_r(const char *name, struct hostent *entry, char *buffer, size_t size, struct hostent **found,
                    int *problem)
{
    if (!is_foreign_name("gethostbyname_r", name))
        return NEXT(gethostbyname_r)(name, entry, buffer, size, found, problem);
    *found = NULL;
    *problem = HOST_NOT_FOUND;
    return ENOENT;
}

int gethostbyaddr_r(const void *address, socklen_t length, int family, struct hostent *entry, char *buffer, size_t size,
                    struct hostent **found, int *problem)
{
    struct sockaddr_storage full = {.ss_family = family};
    void *raw = family == AF_INET ? (void *)&((struct sockaddr_in *)&full)->sin_addr
                                  : (void *)&((struct sockaddr_in6 *)&full)->sin6_addr;
    memcpy(raw, address, family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr));
    if (!is_foreign("gethostbyaddr_r", (struct sockaddr *)&full))
        return NEXT(gethostbyaddr_r)(address, length, family, entry, buffer, size, found, problem);
    *found = NULL;
    *problem = HOST_NOT_FOUND;
    return ENOENT;
}
