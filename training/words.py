"""The subword tokenizer: trained on the train texts and the lexicon, saved as one JSON file.

It is BPE over lower-case letters without marks for where words begin or end. So what is written
together and apart, damenkleid and kleid, or redshirt and red shirt, is made of the same pieces,
which is what German compounds, Japanese and misspellings need. WordPiece gives a word up as a
whole when one letter is unknown; Unigram needs an unknown piece, which is then a vector that no
training ever moved. Here, a character never met says nothing and the rest of the line remains.

In training, words are cut at random places (`encode` with dice), so that the pieces a misspelling
falls into are known too. The tokenizer's own BPE dropout would do that, but takes its chances from
no seed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from training import lexicon, phrases
from training.captions import composed
from training.data import Shot
from training.lexicon import LANGUAGES

PAD = "[PAD]"
MAX_TOKENS = 48
CUT = 0.15
"""The share of words that are cut in two in training."""
SHORTEST_CUT = 3
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
KANA = "".join(chr(code) for code in (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), 0x30FC))
COMPOUNDS = re.compile(rf"\b({'|'.join(phrases.COMPOUNDING)})(?=[a-zäöü]{{3}})")
PIECES = r"[a-z]?[ァ-ヺー]+|[ぁ-ゖー]+|[一-鿿々]+|[a-z]+|[0-9]+|\p{L}+"
"""What BPE works within: a run of one script, so that 赤い花柄 does not become one piece. A letter
before katakana stays with it: Tシャツ, Vネック."""

Ids = NDArray[np.int64]


def train_tokenizer(texts: Iterable[str], size: int) -> Tokenizer:
    """A tokenizer of at most `size` pieces, or as many as kana and kanji need; id 0 is padding."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = _normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(PIECES), "removed", invert=True)
    alphabet = _alphabet(tokenizer.normalizer)
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[PAD],
        min_frequency=3,
        # Other letters, the rare ones of descriptions, stay out.
        limit_alphabet=len(alphabet),
        initial_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return readied(tokenizer)


def readied(tokenizer: Tokenizer) -> Tokenizer:
    """The tokenizer, cutting lines at MAX_TOKENS and padding them to equal lengths from now on."""
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding(pad_id=0, pad_token=PAD)
    return tokenizer


def texts_of(shots: Sequence[Shot]) -> Iterator[str]:
    """Every line the tokenizer should know: titles thrice, since searches look like them."""
    dice = random.Random(0)  # noqa: S311 - no secret
    for word in lexicon.every_word():
        yield from (_apart(word), phrases.plural(word)) * 6
    for shot in shots:
        yield from (shot.title, shot.title, shot.title, shot.description[:300])
        yield from (_apart(composed(shot, dice, language).text) for language in LANGUAGES)


def encode(
    tokenizer: Tokenizer, texts: Sequence[str], dice: random.Random | None = None
) -> tuple[Ids, Ids]:
    """Token ids and attention mask, each (n, t), padded to the longest of these texts.

    With dice, as in training, some words are cut in two.
    """
    if dice is None:
        rows = tokenizer.encode_batch(list(texts))
        ids = np.asarray([row.ids for row in rows], dtype=np.int64)
        return ids, np.asarray([row.attention_mask for row in rows], dtype=np.int64)
    lines = [_cut(tokenizer, text, dice) for text in texts]
    ids = np.zeros((len(lines), max(1, *map(len, lines))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, line in enumerate(lines):
        ids[row, : len(line)] = line
        mask[row, : len(line)] = 1
    return ids, mask


def _apart(text: str) -> str:
    """Damenkleid as Damen kleid, so that its parts become pieces and the whole does not."""
    return COMPOUNDS.sub(r"\1 ", text)


def _cut(tokenizer: Tokenizer, text: str, dice: random.Random) -> list[int]:
    clean = tokenizer.normalizer.normalize_str(text)
    ids: list[int] = []
    for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(clean):
        parts = [word]
        if len(word) >= SHORTEST_CUT and dice.random() < CUT:
            place = dice.randint(1, len(word) - 1)
            parts = [word[:place], word[place:]]
        for part in parts:
            ids += [token.id for token in tokenizer.model.tokenize(part)]
    return ids[:MAX_TOKENS]


def _normalizer() -> normalizers.Normalizer:
    umlauts = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
    return normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            # Germans without the key write ae; to both it is the same word.
            *(normalizers.Replace(letter, other) for letter, other in umlauts.items()),
            # Latin accents go. Dakuten, U+3099, are outside this range and stay.
            normalizers.NFD(),
            normalizers.Replace(Regex("[\u0300-\u036f]"), ""),
            normalizers.NFC(),
            # men's = mens; t-shirt = t shirt = tshirt, v-neck = vneck
            normalizers.Replace(Regex("['’]"), ""),
            normalizers.Replace(Regex(r"(?<=\b[tvu])[- ](?=[a-z]{2})"), ""),
        ]
    )


def _alphabet(normalizer: normalizers.Normalizer) -> list[str]:
    said = {letter for word in lexicon.every_word() for letter in normalizer.normalize_str(word)}
    return sorted({*LETTERS, *KANA, *(letter for letter in said if letter.isalnum())})
