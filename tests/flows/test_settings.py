from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.errors import UsageError
from flows.settings import key_paths, load_settings


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "tuwen.toml"
    path.write_text(
        "[extract]\nworkers = 2\ncrop_dpi = 400\n\n[extract.ocr]\nengine = 'rapid'\n", encoding="utf-8"
    )
    return path


def test_without_sources_all_is_default(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "missing.toml", environ={})
    assert settings.extract.workers == 1
    assert settings.build.runner == "threads"


def test_each_source_wins_over_the_one_before(toml: Path) -> None:
    environ = {"TUWEN_EXTRACT__WORKERS": "3", "TUWEN_EXTRACT__OCR__ENGINE": "paddle", "PATH": "/bin"}
    settings = load_settings(toml, environ=environ, overrides=["extract.workers=4"])
    assert settings.extract.crop_dpi == 400  # file over default
    assert settings.extract.ocr.engine == "paddle"  # environment over file
    assert settings.extract.workers == 4  # command line over environment


def test_later_overrides_win() -> None:
    settings = load_settings(environ={}, overrides=["extract.workers=4", "extract.workers=5"])
    assert settings.extract.workers == 5


def test_unknown_key_in_the_file_names_line_and_nearest(tmp_path: Path) -> None:
    path = tmp_path / "tuwen.toml"
    path.write_text("# mine\n[extract.ocr]\ndpi = 200\nengin = 'rapid'\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"tuwen\.toml, line 4: .*did you mean extract\.ocr\.engine\?"):
        load_settings(path, environ={})


def test_unknown_key_of_a_dotted_line_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "tuwen.toml"
    path.write_text("build.concurency = 2\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"line 1: .*did you mean build\.concurrency\?"):
        load_settings(path, environ={})


def test_unknown_environment_name_is_corrected_as_one() -> None:
    with pytest.raises(
        UsageError, match=r"TUWEN_EXTRACT__OCR__ENGNE: .*did you mean TUWEN_EXTRACT__OCR__ENGINE\?"
    ):
        load_settings(environ={"TUWEN_EXTRACT__OCR__ENGNE": "rapid"})


@pytest.mark.parametrize(
    ("given", "nearest"),
    [
        ("extract.worker=2", "extract.workers"),
        ("workers=2", "extract.workers"),
        ("dataset.pretty=x", "dataset.pretty_name"),
        ("extract.limits.page_second=3", "extract.limits.page_seconds"),
    ],
)
def test_unknown_override_names_the_nearest(given: str, nearest: str) -> None:
    with pytest.raises(UsageError, match=f"did you mean {nearest}\\?"):
        load_settings(environ={}, overrides=[given])


@pytest.mark.parametrize("given", ["extract.workers", "=2", ""])
def test_an_override_needs_key_and_value(given: str) -> None:
    with pytest.raises(UsageError, match="key=value"):
        load_settings(environ={}, overrides=[given])


def test_wrong_value_names_its_origin(toml: Path) -> None:
    toml.write_text("[extract]\n\ncrop_dpi = 'high'\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"tuwen\.toml, line 3: extract\.crop_dpi = 'high'"):
        load_settings(toml, environ={})
    with pytest.raises(UsageError, match=r"--set extract\.workers=0: extract\.workers = 0: .*greater"):
        load_settings(environ={}, overrides=["extract.workers=0"])


def test_a_table_is_not_a_value() -> None:
    with pytest.raises(UsageError, match="table of settings"):
        load_settings(environ={"TUWEN_EXTRACT__OCR": "rapid"})


def test_a_value_is_not_a_table(tmp_path: Path) -> None:
    path = tmp_path / "tuwen.toml"
    path.write_text("[extract.workers]\nmany = 2\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"there is no setting extract\.workers\.many"):
        load_settings(path, environ={})


def test_broken_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tuwen.toml"
    path.write_text("[extract\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"tuwen\.toml: not valid TOML"):
        load_settings(path, environ={})


def test_text_that_is_no_toml_value_stays_text() -> None:
    settings = load_settings(environ={}, overrides=["dataset.pretty_name=图文 数据集"])
    assert settings.dataset.pretty_name == "图文 数据集"


def test_every_key_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [key for key in key_paths() if f"`{key}`" not in page] == []


@given(st.text(alphabet="abcdefgh_.", min_size=1, max_size=30))
def test_any_key_is_known_or_refused(key: str) -> None:
    if key in key_paths():
        return
    with pytest.raises(UsageError):
        load_settings(environ={}, overrides=[f"{key}=1"])


def test_the_folder_of_the_ocr_models_is_no_setting() -> None:
    assert load_settings(environ={"TUWEN_CACHE": "/somewhere"}) == load_settings(environ={})
