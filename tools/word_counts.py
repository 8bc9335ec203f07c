#!/usr/bin/env python3
"""word_counts.py GROUND_TRUTH_JSON > src/intake/data/word_counts.tsv

Counts in how many news pages each word occurs: the background that tells src/intake which words
are rare. The input is ground-truth.json of github.com/scrapinghub/article-extraction-benchmark
(MIT licence): the texts of 181 pages. Only counts of words that at least two pages share are kept.
The words are those of src/intake/internal/prose.cc (ReadWords): both must change together.
"""

import collections
import json
import re
import sys

PAGES_MIN = 2
WORD_BYTES_MAX = 40

WORD = re.compile(r"[^\W_]+(?:(?<=\d)[.,](?=\d)[^\W_]+|'(?=[^\W\d_])[^\W_]+)*")


def stem(word):
    if len(word) <= 3:
        return word
    if word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    if word.endswith("es") and word[-3] not in "aeo":
        return word[:-1]
    if word.endswith("s") and word[-2] not in "us'":
        return word[:-1]
    return word


def words(text):
    text = text.replace("\u2019", "'").replace("\u2018", "'")
    for match in WORD.finditer(text):
        word = match.group().lower().replace(",", "")
        if word.endswith("'s"):
            word = word[:-2]
        yield stem(word)


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        pages = json.load(source)
    counts = collections.Counter()
    for page in pages.values():
        counts.update(set(words(page["articleBody"])))
    print("# In how many of the pages each word occurs. Made by tools/word_counts.py from")
    print("# ground-truth.json of github.com/scrapinghub/article-extraction-benchmark @ 4a3bc979,")
    print("# MIT licence, Copyright (c) 2020 Scrapinghub (data/LICENSE.word_counts.txt).")
    print(f"pages\t{len(pages)}")
    for word in sorted(counts, key=lambda word: word.encode()):
        if counts[word] >= PAGES_MIN and len(word.encode()) <= WORD_BYTES_MAX:
            print(f"{word}\t{counts[word]}")


if __name__ == "__main__":
    main()
