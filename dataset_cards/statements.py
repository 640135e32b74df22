"""The rights statements that catalogues know, with their names: rightsstatements.org and Creative Commons.

Sources: https://rightsstatements.org/page/1.0/ and https://creativecommons.org/licenses/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """One known statement."""

    uri: str
    zh: str
    en: str
    is_licence: bool
    """Whether it allows a use (Creative Commons) rather than describe a state."""


_RIGHTS_STATEMENTS = {
    "InC": ("受版权保护", "In Copyright"),
    "InC-OW-EU": ("受版权保护 · 欧盟孤儿作品", "In Copyright - EU Orphan Work"),
    "InC-EDU": ("受版权保护 · 可用于教育", "In Copyright - Educational Use Permitted"),
    "InC-NC": ("受版权保护 · 可作非商业使用", "In Copyright - Non-Commercial Use Permitted"),
    "InC-RUU": (
        "受版权保护 · 权利人无法找到或无法确认",
        "In Copyright - Rights-holder(s) Unlocatable or Unidentifiable",
    ),
    "NoC-CR": ("无版权 · 受合同限制", "No Copyright - Contractual Restrictions"),
    "NoC-NC": ("无版权 · 仅可作非商业使用", "No Copyright - Non-Commercial Use Only"),
    "NoC-OKLR": ("无版权 · 受其他法律限制", "No Copyright - Other Known Legal Restrictions"),
    "NoC-US": ("无版权 · 美国", "No Copyright - United States"),
    "CNE": ("版权状况未评估", "Copyright Not Evaluated"),
    "UND": ("版权状况无法确定", "Copyright Undetermined"),
    "NKC": ("未发现版权", "No Known Copyright"),
}
_LICENCES = {
    "by": "署名",
    "by-sa": "署名—相同方式共享",
    "by-nd": "署名—禁止演绎",
    "by-nc": "署名—非商业性使用",
    "by-nc-sa": "署名—非商业性使用—相同方式共享",
    "by-nc-nd": "署名—非商业性使用—禁止演绎",
}
_DEDICATIONS = {
    "zero": ("CC0 1.0 公共领域贡献", "CC0 1.0"),
    "mark": ("公共领域标识 1.0", "Public Domain Mark 1.0"),
}
# Up to 3.0 a licence may be that of one country (…/3.0/cn/); 4.0 is one for all.
_LICENCE_VERSIONS = ("2.0", "2.5", "3.0", "4.0")
_PORTED = ("2.0", "2.5", "3.0")

_RIGHTS_URI = re.compile(r"https?://rightsstatements\.org/(?:vocab|page)/([A-Za-z-]+)/1\.0/?(?:\?\S*)?")
_LICENCE_URI = re.compile(
    r"https?://creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)(?:/([a-z]{2,8}))?/?(?:(?:deed|legalcode)\S*)?"
)
_DEDICATION_URI = re.compile(
    r"https?://creativecommons\.org/publicdomain/([a-z]+)/1\.0/?(?:(?:deed|legalcode)\S*)?"
)


def statement(uri: str) -> Statement:
    """The statement that `uri` names, with its URI as its publisher writes it.

    Raises ValueError for a URI that is none of them, with the forms that are.
    """
    uri = uri.strip()
    if match := _RIGHTS_URI.fullmatch(uri):
        known = {name.lower(): name for name in _RIGHTS_STATEMENTS}
        if name := known.get(match[1].lower()):
            zh, en = _RIGHTS_STATEMENTS[name]
            return Statement(f"http://rightsstatements.org/vocab/{name}/1.0/", zh, en, is_licence=False)
        raise ValueError(f"rightsstatements.org has no {match[1]!r}; it has {', '.join(_RIGHTS_STATEMENTS)}")
    if match := _DEDICATION_URI.fullmatch(uri):
        if match[1] in _DEDICATIONS:
            zh, en = _DEDICATIONS[match[1]]
            address = f"https://creativecommons.org/publicdomain/{match[1]}/1.0/"
            return Statement(address, zh, en, is_licence=True)
        raise ValueError(f"Creative Commons has no public domain tool {match[1]!r}; it has zero and mark")
    if match := _LICENCE_URI.fullmatch(uri):
        return _licence(match[1], match[2], match[3])
    raise ValueError(
        "not a rights statement; write a URI such as http://rightsstatements.org/vocab/InC/1.0/ or "
        "https://creativecommons.org/licenses/by/4.0/ (docs/rights.md lists them), or leave it out"
    )


def canonical_rights(uri: str) -> str:
    """`uri` as its publisher writes it. Raises ValueError for one that is not known."""
    return statement(uri).uri


def _licence(name: str, version: str, country: str | None) -> Statement:
    if name not in _LICENCES:
        raise ValueError(f"Creative Commons has no licence {name!r}; it has {', '.join(_LICENCES)}")
    if version not in _LICENCE_VERSIONS or (country and version not in _PORTED):
        raise ValueError(
            f"Creative Commons has no {name} {version}{f' for {country!r}' if country else ''}; "
            f"versions are {', '.join(_LICENCE_VERSIONS)}, and 4.0 is the same everywhere"
        )
    address = f"https://creativecommons.org/licenses/{name}/{version}/" + (f"{country}/" if country else "")
    label = f"CC {name.upper()} {version}" + (f" {country.upper()}" if country else "")
    return Statement(address, f"{label} {_LICENCES[name]}", label, is_licence=True)
