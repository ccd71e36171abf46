"""What every client is advised after a session; nothing in it tells which procedure it was."""

from procedures.catalogue.lines import AdviceLine

AFTERCARE = (
    AdviceLine(
        "rest",
        "Rest with us for half an hour after each session before you go home.",
        "После каждого сеанса отдохните у нас полчаса и только потом идите домой.",
    ),
    AdviceLine(
        "no_sauna",
        "Until the whole course is over, do without saunas and steam baths.",
        "До конца курса откажитесь от саун и бань.",
    ),
    AdviceLine(
        "no_tanning",
        "Until the whole course is over, do not tan, neither in the sun nor in a solarium.",
        "До конца курса не загорайте — ни на солнце, ни в солярии.",
    ),
    AdviceLine(
        "gentle_cosmetics",
        "Until the whole course is over, use no aggressive cosmetics: no acids, no scrubs, no "
        "peelings.",
        "До конца курса не пользуйтесь агрессивной косметикой: без кислот, скрабов и пилингов.",
    ),
    AdviceLine(
        "expected",
        "For two to three hours after a session, redness, slight swelling, tingling or burning "
        "are to be expected. Judge the result when they are gone.",
        "В течение двух-трёх часов после сеанса возможны покраснение, небольшая отёчность, "
        "покалывание или жжение. Оценивайте результат, когда они пройдут.",
    ),
    AdviceLine(
        "when_to_call",
        "Call us if any of this lasts longer, or at once if you see blisters, white or numb "
        "patches, a rash or a spreading swelling.",
        "Позвоните нам, если эти ощущения держатся дольше, и сразу же — если появились волдыри, "
        "побелевшие или онемевшие участки, сыпь или нарастающий отёк.",
    ),
)
