"""What happened, and is going to happen, at the demo clinic."""

from dataclasses import dataclass
from datetime import time
from enum import Enum, auto


class Ending(Enum):
    """How a course that has begun stands today."""

    RUNNING = auto()
    COMPLETED = auto()
    STOPPED = auto()
    # The last session before today was missed, and not booked again.
    MISSED = auto()
    # The next session was cancelled by the client: the gap has become too long.
    CANCELLED_NEXT = auto()
    # A yes at the last visit put the course on hold.
    HELD = auto()


@dataclass(frozen=True)
class Story:
    """A course: what, where, why, how often, at about which time.

    ``begins`` counts days from today; negative ones are history. ``with_demo_account``: treated by
    the specialist whose account visitors sign in with.
    """

    procedure: str
    zone: str
    indications: tuple[str, ...]
    sessions: int
    begins: int
    around: time
    ending: Ending = Ending.RUNNING
    with_demo_account: bool = False


def _story(
    what: str,
    why: str,
    *counted: int,
    hour: float,
    ending: Ending = Ending.RUNNING,
    demo: bool = False,
) -> Story:
    """``counted``: how many sessions, and how many days from today the first one is."""
    procedure, zone = what.split("/")
    sessions, begins = counted
    around = time(int(hour), int(hour % 1 * 60))
    return Story(procedure, zone, tuple(why.split()), sessions, begins, around, ending, demo)


PAST = [
    _story("nitrogen/face", "acne oily_skin", 10, -71, hour=10, ending=Ending.COMPLETED),
    _story(
        "ice/face", "fine_wrinkles turgor", 10, -66, hour=12, ending=Ending.COMPLETED, demo=True
    ),
    _story("cryochamber/whole_body", "turgor", 12, -62, hour=18, ending=Ending.COMPLETED),
    _story("nitrogen/hands", "pigmentation", 10, -57, hour=15, ending=Ending.COMPLETED),
    _story("ice/decollete", "ageing", 10, -50, hour=17, ending=Ending.COMPLETED),
    _story(
        "nitrogen/face",
        "enlarged_pores oily_skin",
        10,
        -44,
        hour=11,
        ending=Ending.STOPPED,
        demo=True,
    ),
    _story("nitrogen/face", "acne", 10, -20, hour=10, demo=True),
    _story("ice/face", "puffiness complexion", 10, -18, hour=13.5, demo=True),
    _story("cryochamber/whole_body", "turgor ageing", 12, -16, hour=17),
    _story("nitrogen/decollete", "stretch_marks_scars", 10, -14, hour=14.5),
    _story("nitrogen/face", "pigmentation complexion", 12, -12, hour=11.5, demo=True),
    _story("ice/hands", "ageing", 10, -10, hour=16),
    _story("cryochamber/whole_body", "stretch_marks_scars", 10, -8, hour=12.5),
    _story("nitrogen/face", "enlarged_pores", 10, -6, hour=12.5, demo=True),
    _story("ice/face", "fine_wrinkles", 10, -4, hour=18.5),
    _story("nitrogen/hands", "warts", 10, -2, hour=15, demo=True),
    _story("ice/decollete", "turgor", 10, -13, hour=14, demo=True),
    _story("nitrogen/face", "acne enlarged_pores", 10, -7, hour=16.5),
    _story("ice/face", "complexion", 10, -11, hour=15, ending=Ending.MISSED),
    _story("nitrogen/decollete", "pigmentation", 10, -9, hour=13, ending=Ending.CANCELLED_NEXT),
    _story("nitrogen/face", "oily_skin", 10, -15, hour=10.5, ending=Ending.HELD, demo=True),
]

# Booked through the services, from today on.
COMING = [
    _story("nitrogen/face", "acne oily_skin", 10, 1, hour=10, demo=True),
    _story("ice/face", "puffiness", 10, 1, hour=13, demo=True),
    _story("cryochamber/whole_body", "turgor", 10, 1, hour=18),
    _story("nitrogen/hands", "warts pigmentation", 12, 2, hour=16),
    _story("ice/decollete", "ageing fine_wrinkles", 10, 3, hour=17),
]

FACE_AT_NOON = _story("ice/face", "complexion puffiness", 10, 1, hour=12)
HANDS_IN_THE_AFTERNOON = _story("nitrogen/hands", "pigmentation", 10, 2, hour=14.5, demo=True)
DECOLLETE_IN_THE_EVENING = _story("ice/decollete", "turgor", 10, 2, hour=18)

# What staff write about a session that went as it should.
NOTES = [
    "Перенесла хорошо, лёгкое покраснение.",
    "Покалывание в начале, без жалоб.",
    "Тон кожи ровнее, чем на прошлом сеансе.",
    "Без особенностей.",
    "Отёчность меньше. Увлажняющий крем, отдых 30 минут.",
    "Клиент отмечает свежий цвет лица.",
]
CANCELLED_BY_CLIENT = "Клиент попросил отменить визит"
STOPPED_BECAUSE = "Клиент переезжает в другой город"
HELD_BECAUSE = "Ответ на вопросы перед сеансом: ждём разрешения специалиста"
CLEARED_BECAUSE = "Пилинг был поверхностным, кожа восстановилась полностью; осмотр проведён."
