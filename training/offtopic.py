"""Texts that mean nothing to a fashion shop: typed at random, or about other things.

Half of the things spoken of are kept for measuring; the other half teaches what to stay away from.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SYLLABLES = (
    "ba",
    "ko",
    "zi",
    "tru",
    "mel",
    "ax",
    "qua",
    "plo",
    "fi",
    "gna",
    "eb",
    "ust",
    "ryl",
    "ov",
)
THINGS = (
    *(
        "tomato soup",
        "pizza margherita",
        "sushi recipe",
        "chocolate cake",
        "olive oil",
        "coffee beans",
    ),
    *(
        "laptop charger",
        "usb cable",
        "graphics card",
        "wifi router",
        "printer ink",
        "mobile phone plan",
    ),
    *(
        "car insurance",
        "brake pads",
        "engine oil",
        "bicycle tyre",
        "train ticket",
        "parking garage",
    ),
    *("garden hose", "lawn mower", "potted plant", "wooden table", "floor lamp", "kitchen sink"),
    *(
        "mortgage rate",
        "tax return",
        "stock market",
        "bank account",
        "election results",
        "court ruling",
    ),
    *(
        "weather tomorrow",
        "football score",
        "guitar chords",
        "piano lesson",
        "science fiction film",
    ),
    *("dentist appointment", "headache tablets", "vaccination", "blood pressure", "yoga class"),
    *("python tutorial", "linux kernel", "database index", "prime numbers", "quantum physics"),
    *("dog food", "cat litter", "goldfish", "horse riding", "bird feeder", "zoo opening hours"),
    *("berlin hotel", "flight to tokyo", "museum of art", "mountain hut", "beach holiday", "ferry"),
    *("cement mixer", "cordless drill", "paint roller", "roof tiles", "screwdriver", "plywood"),
    *("baby formula", "school timetable", "homework help", "birthday card", "board game", "jigsaw"),
    *(
        "Reifenwechsel",
        "Steuererklärung",
        "Kartoffelsalat",
        "Wettervorhersage",
        "Fahrplan",
        "Bohrmaschine",
    ),
    *("Zahnarzt", "Mietvertrag", "Gartenschlauch", "Kaffeemaschine", "Bundesliga", "Hundefutter"),
    *("天気予報", "電車の時刻", "冷蔵庫", "ラーメン", "自動車保険", "英語の勉強", "掃除機", "宿題"),
)
MORE = """
tomatoes; fried rice; banana bread; orange juice; beer; red wine; cheese; milk; green tea recipe
chicken curry; apple pie; pasta; breakfast ideas; restaurant nearby; burger; ice cream
sugar free; laptop; smart tv; headphones test; keyboard layout; camera lens; hard drive
phone battery; antivirus; router settings; software update; video game; console; ringtone
screen repair; excel formula; car rental; used cars; motorcycle; oil change
winter tyres pressure; petrol price; driving licence; bus timetable; airport parking
train delay; taxi; road map; traffic news; truck driver jobs; sofa; kitchen table; office chair
mattress; curtain rail; carpet cleaner; washing machine; fridge; lamp; mirror; bookshelf
paint colours for walls; white paint; wood floor; brick wall; hammer; nails and screws; concrete
saw; ladder; glue; sandpaper; electric wiring; light bulb; roses; tulips; grass seed
green house plants; compost; tree surgeon; rain forecast; snow report; interest rates
credit card; income tax; house prices; rent a flat; insurance quote; pension; news today
world cup results; olympics; chess openings; tennis live; marathon training plan; song lyrics
movie times; guitar; violin; painting classes; book review; crossword; dictionary; flu symptoms
aspirin; doctor near me; gym membership; vitamins; broken arm; pregnancy calculator; homework
maths exercises; history of rome; chemistry; university ranking; job interview; cv template
cat food; puppy training; horse; parrot; aquarium; fish tank; vet; honey bees; dinosaur facts
hotel in rome; cheap flights; camping site; city tour; ski resort; passport photo; visa; cruise
cooking pot; frying pan; knife set; coffee maker; wine glass; lunch box; water bottle; toaster
baby bottle; pushchair; nappies; toys; puzzle; balloons; wedding venue; birthday cake; gift card
what time is it; who am i; hello; how are you; test test; tell me a joke; meaning of life
thanks; translate to french; convert pounds to euro; capital of peru; square root
speed of light; google; Brot backen; Bier; Käse; Autoreifen; Wetter heute; Busfahrplan; Kredit
Wohnung mieten; Waschmaschine; Kühlschrank; Nachrichten; Rasenmäher; Katzenfutter; Arzttermin
Kinoprogramm; Fußballergebnisse; Rezept für Suppe; Flug nach Rom; Handyvertrag
Blumen verschicken; Stellenangebote; Hallo; ピザ; ビール; 地図; 翻訳; 電子レンジ; 自転車; 映画
音楽; 新幹線; 銀行; 病院; 犬; 猫; 料理; ニュース; こんにちは; 東京の天気; 株価; 不動産; 洗濯機
本棚; 野球の結果; 旅行
"""
"""What else teaches; no thing that is measured is among it."""
TAUGHT = tuple(
    thing
    for thing in (each.strip() for line in MORE.strip().splitlines() for each in line.split(";"))
    if thing not in THINGS
)
PATTERNS = ("{}", "{}", "how to choose {}", "best {} 2020", "{} near me", "cheap {}", "{} for sale")


def texts(count: int = 200) -> list[str]:
    """The texts to measure with, always the same."""
    dice = random.Random(1)  # noqa: S311 - no secret
    return [_text(dice, THINGS[1::2]) for _ in range(count)]


def drawn(dice: random.Random, count: int) -> list[str]:
    """Texts to train with; what they speak of is never measured."""
    return [_text(dice, (*THINGS[::2], *TAUGHT)) for _ in range(count)]


def _text(dice: random.Random, things: Sequence[str]) -> str:
    if dice.random() < 0.5:
        return dice.choice(PATTERNS).format(dice.choice(things))
    return " ".join(_word(dice) for _ in range(dice.randint(1, 3)))


def _word(dice: random.Random) -> str:
    """Keys beside each other, any letters, syllables, or digits."""
    way = dice.randrange(4)
    if way == 0:
        row = dice.choice(KEYS)
        start = dice.randrange(len(row) - 3)
        return row[start : start + dice.randint(3, 7)]
    if way == 1:
        return "".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(4, 9)))
    if way == 2:
        return "".join(dice.choices(SYLLABLES, k=dice.randint(2, 4)))
    return str(dice.randint(100, 999999))
