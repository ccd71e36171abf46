"""Zones and procedure types with their carriers, protocols and prices.

From the method's description: the coldest temperatures, a treatment of 10 to 15 minutes, half an
hour of rest, 500 to 2000 roubles. Ours, to be reviewed: the warmest temperatures, the seconds of
exposure, the cleaning and the price of each zone.
"""

from decimal import Decimal

from procedures.catalogue.lines import Line, ProcedureLine, ProtocolLine, ZoneLine

CURRENCY = "RUB"

# How long the phases of every protocol take, in minutes.
TREATMENT, CLEANING, REST = 15, 5, 30

ZONES = (
    ZoneLine("face", "Face", "Лицо"),
    ZoneLine("decollete", "Décolleté", "Декольте"),
    ZoneLine("hands", "Hands", "Руки"),
    ZoneLine("whole_body", "Whole body", "Всё тело", covers_all=True),
)

_ICES = (
    Line("ice_purified_water", "Ice of purified water", "Лёд из очищенной воды"),
    Line("ice_mineral_water", "Ice of mineral water", "Лёд из минеральной воды"),
    Line("ice_herbal_decoction", "Ice of herbal decoction", "Лёд из отвара трав"),
    Line("ice_juice", "Ice of juice", "Лёд из сока"),
)
_ICES_WITH_OILS = tuple(
    Line(
        f"{ice.code}_oils",
        f"{ice.name_en}, with aromatic oils",
        f"{ice.name_ru}, с эфирными маслами",
    )
    for ice in _ICES
)


def _protocol(
    zone: str, temperature_c: tuple[int, int], exposure_seconds: tuple[int, int], price: int
) -> ProtocolLine:
    return ProtocolLine(zone, temperature_c, exposure_seconds, Decimal(price))


PROCEDURES = (
    ProcedureLine(
        "ice",
        "Ice massage and applications",
        "Массаж льдом и ледяные аппликации",
        description_en=(
            "Moderate cold, down to −20 °C. Cubes of ice are led over the skin along the massage "
            "lines, or laid on as an application."
        ),
        description_ru=(
            "Умеренный холод, до −20 °C. Кубики льда проводят по коже вдоль массажных линий "
            "или накладывают в виде аппликаций."
        ),
        carriers=_ICES + _ICES_WITH_OILS,
        protocols=(
            _protocol("face", (-20, 0), (300, 900), 700),
            _protocol("decollete", (-20, 0), (300, 900), 600),
            _protocol("hands", (-20, 0), (300, 900), 500),
            _protocol("whole_body", (-20, 0), (600, 900), 1500),
        ),
    ),
    ProcedureLine(
        "nitrogen",
        "Liquid-nitrogen applicator",
        "Криомассаж жидким азотом",
        description_en=(
            "Extreme cold, down to −120 °C. An applicator dipped in liquid nitrogen is led over "
            "the skin, sometimes only over the problem areas."
        ),
        description_ru=(
            "Экстремальный холод, до −120 °C. Аппликатор, смоченный жидким азотом, проводят "
            "по коже, иногда только по проблемным участкам."
        ),
        carriers=(
            Line("nitrogen_applicator", "Liquid-nitrogen applicator", "Аппликатор с жидким азотом"),
        ),
        protocols=(
            _protocol("face", (-120, -20), (60, 600), 1200),
            _protocol("decollete", (-120, -20), (60, 600), 1100),
            _protocol("hands", (-120, -20), (60, 480), 900),
            _protocol("whole_body", (-120, -20), (120, 900), 2000),
        ),
    ),
    ProcedureLine(
        "cryochamber",
        "Cryochamber",
        "Криокамера",
        description_en=(
            "Extreme cold, down to −120 °C. A chamber cools the whole body for one to three "
            "minutes; preparing and warming up again take the rest of the time."
        ),
        description_ru=(
            "Экстремальный холод, до −120 °C. Камера охлаждает всё тело от одной до трёх минут; "
            "остальное время процедуры занимают подготовка и согревание."
        ),
        carriers=(Line("cryochamber_air", "Cold air of the chamber", "Холодный воздух камеры"),),
        protocols=(_protocol("whole_body", (-120, -60), (60, 180), 1800),),
        needs_device=True,
    ),
)
