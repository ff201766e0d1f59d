"""The subword tokenizer: trained on the train texts, saved as one JSON file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from training.captions import ALIASES
from training.data import Shot

PAD, UNKNOWN = "[PAD]", "[UNK]"
MAX_TOKENS = 64

Ids = NDArray[np.int64]


def train_tokenizer(texts: Iterable[str], size: int) -> Tokenizer:
    """A lowercase NFKC WordPiece tokenizer of at most `size` tokens; id 0 is padding."""
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=40))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.NFD(), normalizers.StripAccents()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        special_tokens=[PAD, UNKNOWN],
        min_frequency=3,
        limit_alphabet=80,
        initial_alphabet=list("abcdefghijklmnopqrstuvwxyz0123456789"),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding(pad_id=0, pad_token=PAD)
    return tokenizer


def texts_of(shots: Sequence[Shot]) -> Iterator[str]:
    """Every line the tokenizer should know: titles thrice, since searches look like them."""
    for shot in shots:
        yield from (shot.title, shot.title, shot.title, shot.description[:300])
        yield " ".join(shot.facets.values())
    for word, others in ALIASES.items():
        yield from (word, *others) * 5


def encode(tokenizer: Tokenizer, texts: Sequence[str]) -> tuple[Ids, Ids]:
    """Token ids and attention mask, each (n, t), padded to the longest of these texts."""
    rows = tokenizer.encode_batch(list(texts))
    ids = np.asarray([row.ids for row in rows], dtype=np.int64)
    return ids, np.asarray([row.attention_mask for row in rows], dtype=np.int64)
