"""The plays by SOP: every SOP that laik carries has one."""

from __future__ import annotations

from collections.abc import Mapping

from automation.demo.scene import Play
from automation.demo.scenes import bali, bolmut, lombok_tengah, muara_enim_mandiri, muara_enim_pengembang

PLAYS: Mapping[str, Play] = {
    play.cast.sop: play
    for play in (
        lombok_tengah.PLAY,
        bolmut.PLAY,
        bali.PLAY,
        muara_enim_mandiri.PLAY,
        muara_enim_pengembang.PLAY,
    )
}
