"""Makes the golden data of the tokenizer room with the reference libraries.

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install -r check/oracles/requirements-tokenizer.txt
    /tmp/oracle/bin/python check/oracles/tokenizer_goldens.py tokenizer/src/test/resources/smelt/tokenizer

Trains small vocabularies on the text below and records, for each kind of tokenizer, the ids of fixed texts and a digest
of the ids of 10,000 random strings. The generator of these strings is written a second time in RandomTexts.java.
"""

import base64
import hashlib
import io
import json
import struct
import sys
import unicodedata
from pathlib import Path

import sentencepiece
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

STRINGS = 10_000
SEED = 20261122

CORPUS = """\
The smelter runs day and night; its furnace doesn't care who's watching. We've poured 1234 bars, they'll be \
cold by 18:30.
A tokenizer cuts text into pieces, and the pieces into bytes. Don't ask why: it's what the model was trained with.
def pour(bars, heat=1_200):\n    for bar in bars:\n        if bar.heat > heat:\n            return bar\n    \
return None\n
public static void main(String[] args) { System.out.println("x = " + args.length); } // 2 * 3.14159 == 6.28318
SELECT name, count(*) FROM bars WHERE heat >= 900 GROUP BY name ORDER BY 2 DESC;\t\tif (a != b && c <= d) { e->f(); }
HTTPServer camelCaseNames SCREAMING_CASE aBC ABc XMLHttpRequest iPhone McDonald O'Neill rock'n'roll WE'RE I'M
Der Schmelzofen läuft Tag und Nacht; größere Stücke brauchen länger. Übermorgen gießen wir wieder, natürlich für alle.
Le four chauffe à mille degrés, où l'ouvrière contrôle déjà la température; ça coûte cher, mais c'est nécessaire.
El horno está caliente: ¿quién lo vigila? ¡Mañana habrá más piñas y jalapeños para los niños!
Печь работает днём и ночью, а мастер следит за огнём. Сколько стоит этот слиток? Очень дорого!
Ο φούρνος δουλεύει μέρα και νύχτα. Πόσο κοστίζει; Η θερμοκρασία ανεβαίνει σιγά σιγά.
熔炉昼夜不停地运转,工人们看着火焰。今天我们浇铸了三百块金属。機械學習很有趣,語言模型也是。
炉は昼も夜も動いています。カタカナとひらがなと漢字のテキストです。東京タワーは333メートル。
용광로는 밤낮으로 돌아간다. 오늘은 금속을 삼백 개 부었다. 한국어 텍스트를 나누어 보자.
الفرن يعمل ليلا ونهارا، والعامل يراقب النار. كم يكلف هذا؟ ١٢٣٤
התנור עובד יומם ולילה. כמה זה עולה?
भट्ठी दिन-रात चलती है। मज़दूर आग देखता है। १२३
เตาหลอมทำงานทั้งวันทั้งคืน คนงานเฝ้าดูไฟ
🙂🔥🔥 hot! 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 → ← ≤ ≥ ≠ ½ ² ™ © € £ ¥ … — – “quoted” ‘single’ «guillemets»
https://example.org/path/to?x=1&y=%20z#part  user@example.org  C:\\\\temp\\\\file.txt  ~/.config/app.toml  --flag=value
"""

FRAGMENTS = [
    "the", " the", "ing", " and", "'s", "'t", "'ll", "'re", "'VE", "n't", " don't", "I'm", "HTTP", "Server",
    "camelCase",
    "aBC", "for", " for", "return", "    ", "  ", "\t", "\n", "\r\n", "\n\n", " \n", "\n ", "1234", "12", "3.14",
    "1_000",
    "==", "!=", "->", "();", "//", "...", "---", "\"", "' ", " '", "é", "e\u0301", "ö", "ß", "ſ", "İ", "ı", "Σς",
    "Привет",
    "Ελλ", "熔炉", "日本", "カタ", "한국", "الف", "ה", "भट्ठी", "เตา", "🙂", "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "½", "²", "Ⅷ", "١٢",
    "\u00a0",
    "\u3000", "\u2009", "\u200b", "\u200d", "\ufeff", "\u0085", "\u2028", "\x00", "\x1f", "\x7f", "\ufffd", "ﬁ", "ｆｕｌｌ",
    "<|end|>", "<s>", "</s>", "<mask>", "<0x0A>", "▁", "▁▁", "##", "Ġ", "Ċ", "/", "\\", "$", "§", "%", " %", "_", "a_b",
    "https://", "@", "।", "。", "，", "“", "”", "—", "ʼ", "\u0301", "\u0300\u0301", "x\u0323\u0307", "\U00010348",
    "\U0001d518",
    "aaaaaaaaaaaaaaaa", "ABCDEFGH", "zzzz", "0000000", "!!!!", "????", "，，，",
]

TEXTS = [
    "", " ", "  ", "   a", "\n", "\r\n", "\t\t x", "Hello, world!", "Hello World", " Hello", "hello  world ", "HELLO",
    "don't can't I'll you've we're HE'S 'TIS", "1234567890 3.14159 1,000,000", "naïve café Zürich Ångström",
    "e\u0301 a\u030a o\u0308", "你好,世界!机器学习很有趣。", "日本語のテキスト と 한국어 텍스트", "Привет, мир! Как дела?",
    "مرحبا بالعالم ١٢٣", "भट्ठी दिन-रात", "🙂👩‍👩‍👧‍👦🏳️‍🌈 emoji 👍🏽", "def f(x):\n    return x**2  # square\n\n\n",
    "SELECT * FROM t WHERE a='b';", "https://example.org/a?b=c&d=%20", "a\x00b\x01\x7f",
    "\ufeffbom\u200bzero\u2028line\u0085next",
    "a\u00a0b\u2003c\u3000d", "ſhort ſ'ſ 'ſ K K", "İstanbul ıI ǅ ΣΑΣ ß ẞ", "ﬁ ligature ½ ² ™ Ⅷ ｆｕｌｌ",
    "aaaaaaaaaaaaaaaaaaaaaaaaa",
    "    deep\n\t\tindent\r\n\r\n  x  \n", "camelCaseHTTPServer aBC ABc iPhoneX", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛 𐍈",
    "x = y+z-1*2/3%4^5&6|7~8",
    "<s>begin</s> <mask> middle <|end|>", "<mask>", "a<mask>b <mask> c", "word<|end|>  spaced  <|end|>x",
    "▁mark ▁▁ two",
    "##hash Ġg Ċ", "<0x0A><0xFF>", "...!!!??? ,,, ;;; --- ___", "\u0301leading combining", "क्षि க் ไทย ລາວ ភាសា",
    "tab\tand\x0bvertical\x0cform", "end with newline\n", "end with spaces   ", "\u2581", "“quotes” ‘single’ «g» — – …",
    "a" * 300, " " * 70, "\n" * 9, "word " * 40, "한" * 20, "🔥" * 20,
]


class Random:
    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % bound

    def text(self):
        return "".join(self.item() for _ in range(1 + self.below(24)))

    def item(self):
        kind = self.below(12)
        if kind < 4:
            return FRAGMENTS[self.below(len(FRAGMENTS))]
        if kind < 6:
            return chr(0x20 + self.below(0x5F))
        if kind == 6:
            return chr(0xA0 + self.below(0x560))
        if kind == 7:
            return " "
        if kind == 8:
            return chr(0x900 + self.below(0xC800))
        if kind == 9:
            return chr(0x1F300 + self.below(0x3B0))
        if kind == 10:
            return chr(0xF900 + self.below(0x700))
        return chr(0x10000 + self.below(0x20000))


def random_texts():
    random = Random(SEED)
    return [random.text() for _ in range(STRINGS)]


RANDOM_TEXTS = random_texts()


def later_ranges():
    """Code points newer than Unicode 3.2, but for emoji: in some parts of the libraries the tables are ten years
    old."""
    old = unicodedata.ucd_3_2_0
    ranges = []
    for cp in range(0x80, 0x30000):
        if old.category(chr(cp)) == "Cn" and not 0x1F300 <= cp < 0x1F700:
            if ranges and ranges[-1][1] == cp - 1:
                ranges[-1][1] = cp
            else:
                ranges.append([cp, cp])
    return ranges


LATER = later_ranges()
LATER_SET = {cp for first, last in LATER for cp in range(first, last + 1)}
OLDER_TEXTS = ["".join("~" if ord(c) in LATER_SET else c for c in t) for t in RANDOM_TEXTS]


def digest(all_ids):
    sha = hashlib.sha256()
    for ids in all_ids:
        sha.update(struct.pack(f"<{len(ids)}i", *ids) + b"\xff\xff\xff\xff")
    return sha.hexdigest()


def trained_bytes():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=900, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<s>", "</s>", "<|end|>"])
    corpus = CORPUS.splitlines(keepends=True) * 2 + ["    " * 4, "\n\n\n", "aaaaaaaa"] * 3
    tokenizer.train_from_iterator(corpus, trainer)
    return json.loads(tokenizer.to_str())["model"]


def trained_marked():
    """Code points with U+2581 for spaces and tokens for single bytes, as Llama and Gemma have them."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    specials = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=1000, show_progress=False, special_tokens=specials, limit_alphabet=200)
    tokenizer.train_from_iterator(CORPUS.splitlines(), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model


def trained_words():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=900, show_progress=False, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizer.train_from_iterator(CORPUS.splitlines(), trainer)
    return json.loads(tokenizer.to_str())["model"]


RULES = [("ﬁ", "fi"), ("½", "1⁄2"), ("²", "2"), ("™", "TM"), ("Ⅷ", "VIII"), ("\u00a0", " "), ("\u3000", " "), ("\t",
         " "),
         ("\n", " "), ("\r", " "), ("…", "..."), ("e\u0301", "é"), ("\u200b", ""), ("ſ", "s"), ("ｆ", "f"), ("ｕ",
         "u"), ("ｌ", "l"),
         ("\u1112\u1161\u11ab", "\ud55c"), ("\u0301", "'")]


def trained_sentencepiece(kind, folder, **options):
    rules = folder / "rules.tsv"
    rules.write_text("".join(
        " ".join(f"{ord(c):X}" for c in a) + "\t" + " ".join(f"{ord(c):X}" for c in b) + "\n" for a, b in RULES))
    model = io.BytesIO()
    if options.pop("own_rules", False):
        options["normalization_rule_tsv"] = str(rules)
    else:
        options["normalization_rule_name"] = "identity"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([line for line in CORPUS.splitlines() if line]), model_writer=model, model_type=kind,
        minloglevel=2, num_threads=1, hard_vocab_limit=False, **options)
    rules.unlink()
    return model.getvalue()


GPT2 = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def split(*patterns):
    from tokenizers import Regex
    return [pre_tokenizers.Split(Regex(p), "isolated") for p in patterns]


LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
QWEN35 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
TEKKEN = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
          r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
          r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
GPT4O = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
DEEPSEEK3 = (r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
             r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
CJK_HANGUL = "[一-龥ࠀ-一가-퟿]+"

FAMILIES = {
    "gpt-2": [GPT2],
    "llama-bpe": split(LLAMA3) + [BYTES],
    "dbrx": split(LLAMA3) + [BYTES],
    "qwen2": split(QWEN2) + [BYTES],
    "qwen35": split(QWEN35) + [BYTES],
    "tekken": split(TEKKEN) + [BYTES],
    "gpt-4o": split(GPT4O) + [BYTES],
    "smollm": [pre_tokenizers.Digits(individual_digits=True), GPT2],
    "falcon": [pre_tokenizers.Punctuation("contiguous"), GPT2, pre_tokenizers.Digits(individual_digits=False)]
              + split("[0-9][0-9][0-9]"),
    "deepseek-coder": split("[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", CJK_HANGUL)
                      + [pre_tokenizers.Digits(individual_digits=True), BYTES],
    "deepseek-v3": split(r"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DEEPSEEK3) + [BYTES],
}


def added(content, **options):
    return AddedToken(content, **options)


def byte_family(name, stages):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(stages)
    tokenizer.decoder = decoders.ByteLevel()
    if name == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    return tokenizer, {"ignore_merges": name in ("llama-bpe", "tekken")}


def marked_families():
    strip = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    llama = Tokenizer(models.BPE())
    llama.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    llama.decoder = decoders.Sequence(strip)
    mistral = Tokenizer(models.BPE())
    mistral.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    mistral.decoder = decoders.Sequence(strip)
    gemma = Tokenizer(models.BPE())
    gemma.normalizer = normalizers.Replace(" ", "▁")
    gemma.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    gemma.decoder = decoders.Sequence(strip[:3])
    metaspace = Tokenizer(models.BPE())
    metaspace.pre_tokenizer = pre_tokenizers.Metaspace()
    metaspace.decoder = decoders.Metaspace()
    return {"llama": llama, "mistral": mistral, "gemma": gemma, "metaspace": metaspace}


def word_families():
    bert = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    bert.normalizer = normalizers.BertNormalizer()
    bert.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    bert.decoder = decoders.WordPiece()
    bert.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    cased = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    cased.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False, handle_chinese_chars=False)
    cased.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    cased.decoder = decoders.WordPiece(cleanup=False)
    cased.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    plain = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    plain.normalizer = normalizers.Sequence(
        [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.Strip()])
    plain.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits()])
    plain.decoder = decoders.WordPiece(cleanup=False)
    odd = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    odd.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    odd.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("merged_with_next"),
         pre_tokenizers.CharDelimiterSplit("_")])
    odd.decoder = decoders.WordPiece(cleanup=False)
    return {"bert": bert, "bert-cased": cased, "words": plain, "odd-words": odd}


def unigram_families(charsmap):
    t5 = Tokenizer(models.Unigram())
    t5.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(charsmap), normalizers.Replace(__import__("tokenizers").Regex(" {2,}"), " ")])
    t5.pre_tokenizer = pre_tokenizers.Metaspace()
    t5.decoder = decoders.Metaspace()
    xlmr = Tokenizer(models.Unigram())
    xlmr.normalizer = normalizers.NFKC()
    xlmr.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    xlmr.decoder = decoders.Metaspace()
    return {"t5": t5, "xlm-r": xlmr}


TOKENS = [
    added("<|end|>", special=True, normalized=False),
    added("<mask>", special=False, lstrip=True, normalized=False),
    added("camelCase", special=False, single_word=True, normalized=True),
    added("Server", special=False, rstrip=True, normalized=True),
]


def with_model(tokenizer, model, options=None):
    tree = json.loads(tokenizer.to_str())
    tree["model"] = {**model, **(options or {})}
    return tree


def case(name, model_name, tree, older=False):
    """The tokenizer with its added tokens, and what the library makes of the texts."""
    tokenizer = Tokenizer.from_str(json.dumps(tree))
    present = [t for t in ("<s>", "</s>", "<|end|>") if tokenizer.token_to_id(t) is not None]
    tokenizer.add_special_tokens(present)
    tokenizer.add_tokens(TOKENS)
    full = json.loads(tokenizer.to_str())
    ids = [e.ids for e in tokenizer.encode_batch(TEXTS)]
    full["model"] = {"of": model_name, **{k: v for k, v in full["model"].items() if k not in ("vocab", "merges")}}
    random_ids = [e.ids for e in tokenizer.encode_batch(OLDER_TEXTS if older else RANDOM_TEXTS)]
    if DUMP:
        (DUMP / f"{name}.json").write_text(json.dumps(random_ids))
    return {"name": name, "older": older, "tokenizer": full, "ids": ids, "decoded": [tokenizer.decode(i) for i in ids],
            "sha256": digest(random_ids)}


def sentencepiece_case(name, model):
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    ids = [processor.encode(t) for t in TEXTS]
    random_ids = [processor.encode(t) for t in RANDOM_TEXTS]
    if DUMP:
        (DUMP / f"{name}.json").write_text(json.dumps(random_ids))
    return {"name": name, "ids": ids, "decoded": [processor.decode(i) for i in ids], "sha256": digest(random_ids)}


def charsmap_of(model):
    from sentencepiece import sentencepiece_model_pb2 as proto
    message = proto.ModelProto()
    message.ParseFromString(model)
    return message.normalizer_spec.precompiled_charsmap


def main(folder):
    byte_model, marked_model, word_model = trained_bytes(), trained_marked(), trained_words()
    spm_bpe = trained_sentencepiece(
        "bpe", folder, vocab_size=1000, byte_fallback=True, remove_extra_whitespaces=False, character_coverage=0.98,
        allow_whitespace_only_pieces=True)
    spm_unigram = trained_sentencepiece(
        "unigram", folder, vocab_size=700, own_rules=True, character_coverage=0.98, user_defined_symbols=["<mask>"])
    spm_unigram_bytes = trained_sentencepiece(
        "unigram", folder, vocab_size=900, byte_fallback=True, character_coverage=0.98)
    pieces = sentencepiece.SentencePieceProcessor(model_proto=spm_unigram)
    unigram_model = {
        "type": "Unigram", "unk_id": 0, "byte_fallback": False,
        "vocab": [[pieces.id_to_piece(i), pieces.get_score(i)] for i in range(len(pieces))]}
    cases = []
    for name, stages in FAMILIES.items():
        tokenizer, options = byte_family(name, stages)
        cases.append(case(name, "bytes", with_model(tokenizer, byte_model, options), name == "qwen2"))
    for name, tokenizer in marked_families().items():
        cases.append(case(name, "marked", with_model(tokenizer, marked_model)))
    for name, tokenizer in word_families().items():
        cases.append(case(name, "words", with_model(tokenizer, word_model), True))
    for name, tokenizer in unigram_families(charsmap_of(spm_unigram)).items():
        cases.append(case(name, "unigram", with_model(tokenizer, unigram_model), True))
    spm_cases = [sentencepiece_case(n, m) for n, m in
                 (("spm-bpe", spm_bpe), ("spm-unigram", spm_unigram), ("spm-unigram-bytes", spm_unigram_bytes))]
    for name, model in (("spm-bpe", spm_bpe), ("spm-unigram", spm_unigram), ("spm-unigram-bytes", spm_unigram_bytes)):
        (folder / f"{name}.model").write_bytes(model)
    goldens = {
        "seed": SEED, "strings": STRINGS, "fragments": FRAGMENTS, "texts": TEXTS, "later": LATER,
        "models": {"bytes": byte_model, "marked": marked_model, "words": word_model, "unigram": unigram_model},
        "cases": cases, "sentencepiece": spm_cases}
    (folder / "goldens.json").write_text(json.dumps(goldens, separators=(",", ":")))


DUMP = Path(sys.argv[2]) if len(sys.argv) > 2 else None
if __name__ == "__main__":
    main(Path(sys.argv[1]))
