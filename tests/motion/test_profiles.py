"""Profiles: the user's TOML overrides the built-in one, and every mistake has an actionable message."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from a2f_server import arkit
from a2f_server.motion import profiles
from a2f_server.motion.affect import Affect
from a2f_server.motion.blink import Blink
from a2f_server.motion.brows import Brows
from a2f_server.motion.emotion import Emotion
from a2f_server.motion.gaze import Gaze
from a2f_server.motion.profiles import Profiles
from tests.motion.acting import speaking


def own(folder: Path, text: str) -> Profiles:
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return profiles.load(path)


def shape(made: Profiles, emotion: str, name: str) -> float:
    return float(made.expressions[arkit.EMOTIONS.index(emotion), arkit.INDEX[name]])


def test_the_packages_profiles() -> None:
    made = profiles.load()
    assert made.names == ["default", "calm", "raw", "smooth", "dlp3d", "unitalker", "mmd"]
    assert made.expressions.shape == (10, 52)
    assert made.expressions.dtype == np.float32
    assert made.expressions.any(axis=1).all(), "every emotion has an expression"
    assert made.expressions.min() >= 0
    assert made.expressions.max() <= 1


def test_a_shape_without_a_side_stands_for_both() -> None:
    made = profiles.load()
    assert shape(made, "joy", "mouthSmileLeft") == shape(made, "joy", "mouthSmileRight") == np.float32(0.9)
    assert shape(made, "cheekiness", "browOuterUpLeft") > 0 == shape(made, "cheekiness", "browOuterUpRight")


def test_processors_are_fresh_for_every_utterance() -> None:
    made = profiles.load()
    one, other = made.motion(None, 30, 0), made.motion("default", 30, 0)
    assert [type(step) for step in one] == [Brows, Affect, Emotion, Gaze, Blink]
    assert not {id(step) for step in one} & {id(step) for step in other}
    assert made.motion("raw", 30, 0) == []


def moved(made: Profiles, name: str, seed: int = 0) -> np.ndarray:
    """Returns the maximum that a profile adds to each shape in a minute of speech."""
    face = speaking(60)
    for step in made.motion(name, 30, seed):
        face = step.process(face, 0, None)
    return np.asarray((face - speaking(60)).max(axis=0))


def test_processors_for_the_models_own_motion_are_left_out() -> None:
    steps = profiles.load().motion("calm", 30, 0, without={"emotion", "gaze", "brows"})
    assert [type(step) for step in steps] == [Blink]


def test_calm_is_gentler_and_raw_is_still() -> None:
    made = profiles.load()
    default, calm = moved(made, "default"), moved(made, "calm")
    gentler = [i for i, name in enumerate(arkit.NAMES) if name.startswith(("eyeLook", "browInner", "browOuter"))]
    assert (default[gentler] > calm[gentler]).all()
    assert (calm[gentler] > 0.02).all()
    assert not moved(made, "raw").any()


def test_the_users_profiles_come_after_the_packages(tmp_path: Path) -> None:
    made = own(tmp_path, '[profiles.still]\nmotion = ["emotion"]\n')
    assert made.names == ["default", "calm", "raw", "smooth", "dlp3d", "unitalker", "mmd", "still"]
    assert Emotion in [type(step) for step in made.motion("still", 30, 0)]


def test_the_users_default_profile_replaces_the_packages(tmp_path: Path) -> None:
    made = own(tmp_path, "[profiles.default]\nmotion = []\n")
    assert made.names[0] == "default"
    assert not any(isinstance(step, Emotion | Blink) for step in made.motion(None, 30, 0))


def test_the_users_expression_replaces_the_packages(tmp_path: Path) -> None:
    made = own(tmp_path, "[emotions.joy]\nmouthSmileLeft = 1\ntongueOut = 0.25\n")
    assert shape(made, "joy", "mouthSmileLeft") == 1
    assert shape(made, "joy", "mouthSmileRight") == 0
    assert shape(made, "joy", "tongueOut") == 0.25
    assert np.array_equal(made.expressions[1], profiles.load().expressions[1]), "the others stay"


def test_parameters_reach_their_processor(tmp_path: Path) -> None:
    text = '[profiles.fast]\nmotion = [{ name = "blink", shortest = 0.5, longest = 0.5 }]\n'
    made, lids = own(tmp_path, text), np.zeros((300, 52), np.float32)
    for step in made.motion("fast", 30, 0):
        lids = step.process(lids, 0, None)
    closing = (lids[1:, 0] > 0) & (lids[:-1, 0] == 0)
    assert closing.sum() == 20, "twice a second for ten seconds"


def test_aliases(tmp_path: Path) -> None:
    made = own(tmp_path, '[profiles.mine]\nmotion = ["emotion"]\naliases = ["KQ-default", "Anna", "raw"]\n')
    assert made.find("Anna") == made.find("KQ-default") == "mine", "the user's come last"
    assert made.find("Ani-default") == "mmd"
    assert made.find("raw") == "raw", "a profile's own name comes first"
    assert made.find(None) == "default"
    assert made.find("nobody") is None
    assert [type(step) for step in made.motion("Anna", 30, 0)] == [Emotion]


def test_steps_after_rename_use_the_new_names(tmp_path: Path) -> None:
    text = """
    [[profiles.mine.motion]]
    name = "rename"
    bs_names_mapping = { "あ" = "jawOpen", "い" = "" }
    [[profiles.mine.motion]]
    name = "scale"
    scaling_factors = { "あ" = 0.5 }
    [[profiles.mine.motion]]
    name = "rename"
    bs_names_mapping = { A = "あ" }
    """
    made = own(tmp_path, text)
    renaming = made.renaming("mine", 30, 0)
    assert made.motion("mine", 30, 0) == []
    assert renaming is not None
    assert renaming.names == ("A",)
    face = speaking(1)
    assert np.array_equal(renaming.apply(face, 0)[:, 0], face[:, arkit.INDEX["jawOpen"]] / 2)


def test_unknown_shapes_of_a_profile_are_logged(tmp_path: Path) -> None:
    with capture_logs() as logs:
        own(
            tmp_path, '[profiles.mine]\nmotion = [{ name = "scale", scaling_factors = { ear = 2.0, JawOpen = 1.1 } }]\n'
        )
    assert [(line["profile"], line["processor"], line["shapes"]) for line in logs] == [("mine", "scale", ["ear"])]


def test_the_packages_profiles_name_only_known_shapes() -> None:
    with capture_logs() as logs:
        profiles.load()
    assert logs == []


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    made, built_in = own(tmp_path, ""), profiles.load()
    assert made.names == built_in.names
    assert np.array_equal(made.expressions, built_in.expressions)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[profiles", r"own.toml is not TOML: .*\(at "),
        ("[gestures.nod]\n", "own.toml has the unknown table 'gestures'"),
        ("profiles = 3\n", "'profiles'.* is not a table"),
        ("[profiles]\nmine = 3\n", "profile 'mine' is not a table"),
        ("[profiles.mine]\nmotoin = []\n", "profile 'mine' has the unknown field 'motoin'"),
        ('[profiles.mine]\nmotion = "blink"\n', "profile 'mine': motion is not a list"),
        ("[profiles.mine]\nmotion = 3\n", "profile 'mine': motion is not a list"),
        ('[profiles.mine]\nmotion = ["wink"]\n', "profile 'mine' names the processor 'wink'; known are emotion, blink"),
        ("[profiles.mine]\nmotion = [3]\n", "profile 'mine' has the step 3"),
        ("[profiles.mine]\nmotion = [{ shortest = 1 }]\n", "profile 'mine' names the processor None"),
        ("[profiles.mine]\nmotion = [{ name = [1] }]\n", r"profile 'mine' names the processor \[1\]"),
        ('[profiles.mine]\nmotion = [{ name = "blink", often = 1 }]\n', "profile 'mine', processor 'blink': .*often"),
        (
            '[profiles.mine]\nmotion = [{ name = "blink", context = 1 }]\n',
            "profile 'mine', processor 'blink': .*context",
        ),
        ('[profiles.mine]\nmotion = [{ name = "blink", shortest = "a" }]\n', "profile 'mine', processor 'blink': "),
        ('[profiles.mine]\nmotion = [{ name = "blink", longest = inf }]\n', "profile 'mine', processor 'blink': "),
        ('[profiles.mine]\nmotion = [{ name = "blink", shortest = 0 }]\n', "profile 'mine', processor 'blink': "),
        ('[profiles.mine]\nmotion = [{ name = "gaze", widest = 90 }]\n', "profile 'mine', processor 'gaze': widest is"),
        (
            '[profiles.mine]\nmotion = [{ name = "gaze", longest = 0.2 }]\n',
            "profile 'mine', processor 'gaze': shortest",
        ),
        ('[profiles.mine]\nmotion = [{ name = "gaze", often = 1 }]\n', "profile 'mine', processor 'gaze': .*often"),
        (
            '[profiles.mine]\nmotion = [{ name = "brows", height = 2 }]\n',
            "profile 'mine', processor 'brows': height is",
        ),
        ('[profiles.mine]\nmotion = [{ name = "brows", height = "a" }]\n', "profile 'mine', processor 'brows': height"),
        ('[profiles.mine]\naliases = "you"\n', "profile 'mine': aliases is not a list"),
        ("[profiles.mine]\naliases = [3]\n", "profile 'mine': aliases is not a list"),
        (
            '[profiles.mine]\nmotion = [{ name = "rename", bs_names_mapping = { a = "jawOpen" } }, "brows"]\n',
            "profile 'mine': 'brows' needs ARKit's shapes, so it must come before 'rename'",
        ),
        ("[emotions.hunger]\njawOpen = 1\n", "there is no emotion 'hunger'; the ten are amazement"),
        ("[emotions]\njoy = 1\n", "emotion 'joy' is not a table"),
        ("[emotions.joy]\nmouthSmirk = 1\n", "emotion 'joy' names the shape 'mouthSmirk', which is not one"),
        ('[emotions.joy]\njawOpen = "wide"\n', "emotion 'joy', shape 'jawOpen': 'wide' is not a number"),
        ("[emotions.joy]\njawOpen = true\n", "emotion 'joy', shape 'jawOpen': True is not a number"),
        ("[emotions.joy]\njawOpen = 1.5\n", "emotion 'joy', shape 'jawOpen': 1.5 is not a number from 0 to 1"),
        ("[emotions.joy]\njawOpen = -0.1\n", "emotion 'joy', shape 'jawOpen': -0.1 is not a number from 0 to 1"),
        ("[emotions.joy]\njawOpen = nan\n", "emotion 'joy', shape 'jawOpen': nan is not a number"),
    ],
)
def test_a_mistake_is_named_in_the_message(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        own(tmp_path, text)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"nowhere\.toml cannot be read: No such file"):
        profiles.load(tmp_path / "nowhere.toml")


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read: Is a directory"):
        profiles.load(tmp_path)


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(b"# caf\xe9\n")
    with pytest.raises(ValueError, match=r"latin\.toml is not TOML: .*utf-8"):
        profiles.load(path)
