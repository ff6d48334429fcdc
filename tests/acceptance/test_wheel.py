"""The wheel is all a newcomer needs: built, installed somewhere clean, practised with."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from ruamel.yaml import YAML

from commcoach.domain.language import Language
from commcoach.presentation.wording import Wording

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
SCENARIO = "late_minutes_peer"
REPLIES = {
    Language.ZH: (
        "周二那份没等到纪要，我按旧数据报的，三处对不上，周三返工到晚上八点。",
        "听起来你最近也挺赶的，这阵子手头是怎么安排的？",
        "那咱们说定：下周二中午前你先发我三条要点，行吗？",
    ),
    Language.EN: (
        "Tuesday's minutes didn't come, so I used old figures and was redoing it till eight.",
        "It sounds as if you are stretched. What have you got on at the moment?",
        "Could you send me three key points by noon next Tuesday?",
    ),
}


def run(*command: str | Path, said: str | None = None, **environment: str) -> str:
    """What a program prints, in an environment of nothing but what is given."""
    system = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        command,
        input=said,
        env=system | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(source: Path, target: Path, *options: str) -> Path:
    """The archive that a build leaves in an empty folder; needs no network."""
    builder = (sys.executable, "-m", "build", "--no-isolation", *options)
    run(*builder, "--outdir", target, source, HOME=str(target))
    (archive,) = target.iterdir()
    return archive


@dataclass(frozen=True, slots=True)
class Installation:
    """A virtual environment with the wheel in it."""

    folder: Path

    def program(self, name: str) -> Path:
        """A program of the environment."""
        windows = sys.platform == "win32"
        return self.folder / ("Scripts" if windows else "bin") / f"{name}{'.exe' * windows}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "--wheel")


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A new environment: the package from the wheel, the libraries from the tests' own."""
    folder = tmp_path_factory.mktemp("clean") / "environment"
    venv.EnvBuilder(symlinks=os.name != "nt").create(folder)
    place = sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)})
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    # Folders that a .pth file names are searched last, and their own .pth files, such as the
    # one of an editable install, are not read.
    pth = Path(place, "libraries.pth")
    pth.write_text("\n".join(sorted(libraries)) + "\n", encoding="utf-8")
    made = Installation(folder)
    pip = (sys.executable, "-m", "pip", "--python", str(made.program("python")))
    options = ("--quiet", "--no-deps", "--no-index", "--no-compile")
    run(*pip, "install", *options, wheel, HOME=str(folder))
    return made


def squeezed(text: str) -> str:
    """A text without white space, as lines may be broken anywhere."""
    return "".join(text.split())


def practise(installation: Installation, home: Path, language: Language, **more: str) -> str:
    """What the terminal shows of a dialogue of three replies."""
    said = "".join(f"{reply}\n" for reply in REPLIES[language])
    homes = {name: str(home) for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")}
    command = (str(installation.program("commcoach")), "practice", "--scenario", SCENARIO)
    return run(*command, said=said, **homes, **more)


def test_the_wheel_carries_content_and_catalogues(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    package = "commcoach"
    assert f"{package}/shipped/scenarios/{SCENARIO}.yaml" in names
    for folder in ("rubrics", "scenarios"):
        files = [path for path in (ROOT / folder).rglob("*") if path.suffix in (".yaml", ".jsonl")]
        assert files
        assert {f"{package}/shipped/{path.relative_to(ROOT).as_posix()}" for path in files} <= names
    for language in ("zh_CN", "en"):
        assert f"{package}/presentation/locale/{language}/LC_MESSAGES/commcoach.mo" in names
    assert all(name.startswith((f"{package}/", f"{package}-")) for name in names)


def test_the_wheel_carries_the_font_with_its_licence_and_the_page(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shown = "commcoach/presentation"
    assert {
        f"{shown}/fonts/NotoSansSC-Subset.otf",
        f"{shown}/fonts/OFL.txt",
        f"{shown}/transcripts/page.html.j2",
    } <= names


def test_the_source_archive_gives_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    for folder in ("archive", "unpacked", "again"):
        (tmp_path / folder).mkdir()
    archive = build(ROOT, tmp_path / "archive", "--sdist")
    unpack = "import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])"
    run(sys.executable, "-c", unpack, archive, tmp_path / "unpacked")
    (source,) = (tmp_path / "unpacked").iterdir()
    again = build(source, tmp_path / "again", "--wheel")
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def test_the_package_comes_from_the_wheel(installation: Installation) -> None:
    where = "import commcoach; print(commcoach.__file__)"
    shown = run(installation.program("python"), "-c", where)
    assert installation.folder.resolve() in Path(shown.strip()).resolve().parents


@pytest.mark.parametrize("language", list(Language))
def test_a_newcomer_practises_and_is_told_how_it_went(
    installation: Installation, tmp_path: Path, language: Language
) -> None:
    chosen = {} if language is Language.ZH else {"COMMCOACH_LANG": language.value}
    shown = squeezed(practise(installation, tmp_path, language, **chosen))

    scenario = YAML(typ="safe").load(ROOT / "scenarios" / f"{SCENARIO}.yaml")
    words = Wording(language)
    opening = shown.find(squeezed(scenario["opening"][language.value]))
    debrief = shown.find(squeezed(words.say("debrief.title")), opening)
    assert -1 < opening < debrief

    dialogue = shown[opening:debrief]
    for reply in REPLIES[language]:
        assert squeezed(reply) in dialogue
    labels = [words.say(f"remarks.{kind}") for kind in ("keep", "change", "change_only")]
    remarks = sum(dialogue.count(squeezed(label)) for label in labels)
    assert remarks >= len(REPLIES[language]), "a reply went without a remark"
