"""Which Chinese fonts a paper is set in, and which characters they can draw.

Installed Noto CJK comes first (it has a bold and 2,057 rare characters more); the wheel `pylopdf_fonts_zh_cn` is the fallback.
"""

import importlib.util
import shutil
import subprocess
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

NOTO = Path("/usr/share/fonts/opentype/noto")
SERIF = "Noto Serif CJK SC"
SANS = "Noto Sans CJK SC"
OFFICE_FACES = {
    "song": ("FZXiaoBiaoSong-B05S",),
    "fang": ("FangSong_GB2312", "FangSong", "STFangsong"),
    "kai": ("KaiTi_GB2312", "KaiTi", "STKaiti"),
    "hei": ("SimHei",),
}
REFUSED_CATEGORIES = {
    "Cn": "未分配的码位",
    "Co": "私有区字符",
    "Cs": "残缺的编码",
    "Cc": "控制字符",
    "Cf": "不可见字符",
}


@dataclass(frozen=True)
class Face:
    """One face in a font file; `index` counts inside a collection, `weight` is 400 or 700."""

    family: str
    path: Path
    index: int = 0
    weight: int = 400


@dataclass(frozen=True)
class FontSet:
    """The faces papers are set in; `embedded` ones are loaded by @font-face because fontconfig does not know them."""

    serif: tuple[Face, ...]
    sans: tuple[Face, ...]
    embedded: bool = False

    @property
    def files(self) -> frozenset[Path]:
        return frozenset(face.path for face in self.serif + self.sans)


class NoFonts(RuntimeError):
    """Neither fonts-noto-cjk nor the font wheel is installed."""


@lru_cache(maxsize=1)
def chosen() -> FontSet:
    """The installed Noto CJK, else the wheel's fonts, else NoFonts."""
    fonts = installed() or from_wheel()
    if fonts is None:
        raise NoFonts("no Chinese fonts: install fonts-noto-cjk, or the package pylopdf-fonts-zh-cn")
    return fonts


@lru_cache(maxsize=1)
def installed() -> FontSet | None:
    """Noto Serif and Sans CJK, regular and bold, when fontconfig finds all four."""
    serif = [face for weight in (400, 700) if (face := _match(SERIF, weight, "NotoSerifCJK"))]
    sans = [face for weight in (400, 700) if (face := _match(SANS, weight, "NotoSansCJK"))]
    if len(serif) + len(sans) < 4:
        return None
    return FontSet(serif=tuple(serif), sans=tuple(sans))


@lru_cache(maxsize=1)
def from_wheel() -> FontSet | None:
    """Noto Serif SC and Sans SC regular from the wheel, without importing it."""
    spec = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations)))
    serif, sans = folder / "NotoSerifSC-Regular.otf", folder / "NotoSansSC-Regular.otf"
    if not (serif.is_file() and sans.is_file()):
        return None
    return FontSet(
        serif=(Face("Paper Serif", serif),),
        sans=(Face("Paper Sans", sans),),
        embedded=True,
    )


def style_sheet(fonts: FontSet) -> str:
    """@font-face rules where needed, and the four family variables of paper.css.

    The office's own 仿宋, 楷体, 小标宋, 黑体 lead when they are installed; Noto draws what they lack.
    """
    rules = []
    if fonts.embedded:
        for face in fonts.serif + fonts.sans:
            rules.append(
                f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; '
                f'src: url("{face.path.as_uri()}"); }}'
            )
    roles = {
        "song": fonts.serif,
        "fang": fonts.serif,
        "kai": fonts.serif,
        "hei": fonts.sans,
    }
    variables = []
    for role, faces in roles.items():
        names = [*_office_families(role), faces[0].family]
        variables.append(f"--pp-{role}: " + ", ".join(f'"{name}"' for name in names) + ";")
    rules.append("html { " + " ".join(variables) + " }")
    return "\n".join(rules)


def missing_characters(text: str, fonts: FontSet | None = None) -> list[str]:
    """Characters of `text`, each once and in order, that some face of the papers cannot draw.

    Private-use, unassigned, control and invisible characters always count as missing; line breaks and tabs never do.
    """
    fonts = fonts or chosen()
    covered = coverage(fonts)
    missing = []
    for character in dict.fromkeys(text):
        if character in "\n\r\t":
            continue
        if unicodedata.category(character) in REFUSED_CATEGORIES or ord(character) not in covered:
            missing.append(character)
    return missing


def name_character(character: str) -> str:
    """How a refusal names a character: itself when it can be shown, and its code point."""
    point = f"U+{ord(character):04X}"
    kind = REFUSED_CATEGORIES.get(unicodedata.category(character))
    return f"{point}（{kind}）" if kind else f"“{character}”（{point}）"


@lru_cache(maxsize=4)
def coverage(fonts: FontSet) -> frozenset[int]:
    """Code points that every face of `fonts` has."""
    sets = [_code_points(face.path, face.index) for face in fonts.serif + fonts.sans]
    return frozenset(frozenset.intersection(*sets))


@lru_cache(maxsize=8)
def _code_points(path: Path, index: int) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=index, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _match(family: str, weight: int, stem: str) -> Face | None:
    """The face fontconfig gives for `family`, if it is that family; without fc-match, the usual path."""
    found = _fc_match(family, weight)
    if found is not None:
        name, path, index = found
        return Face(family, path, index, weight) if family in name.split(",") else None
    path = NOTO / f"{stem}-{'Bold' if weight == 700 else 'Regular'}.ttc"
    if shutil.which("fc-match") or not path.is_file():
        return None
    return Face(family, path, _index_of(path, family), weight)


@lru_cache(maxsize=32)
def _fc_match(family: str, weight: int) -> tuple[str, Path, int] | None:
    command = shutil.which("fc-match")
    if command is None:
        return None
    pattern = f"{family}:weight={200 if weight == 700 else 80}"
    done = subprocess.run(
        [command, "-f", "%{family}\n%{file}\n%{index}", pattern],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    parts = done.stdout.split("\n")
    if done.returncode or len(parts) != 3:
        return None
    return parts[0], Path(parts[1]), int(parts[2] or 0) & 0xFFFF


def _index_of(path: Path, family: str) -> int:
    from fontTools.ttLib import TTCollection

    with TTCollection(path, lazy=True) as collection:
        for index, font in enumerate(collection.fonts):
            if font["name"].getDebugName(1) == family or font["name"].getDebugName(16) == family:
                return index
    raise NoFonts(f"{path.name} has no face {family}")


def _office_families(role: str) -> list[str]:
    families = []
    for family in OFFICE_FACES[role]:
        found = _fc_match(family, 400)
        if found is not None and family in found[0].split(","):
            families.append(family)
    return families
