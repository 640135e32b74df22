"""The commands of `tuwen`, a module a group. Each imports what it runs only when it runs."""
