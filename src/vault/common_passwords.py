#!/usr/bin/python3
"""common_passwords.py: the words of common_passwords.txt as C."""

import pathlib
import sys

rows = [line for line in pathlib.Path(sys.argv[1]).read_text().splitlines()
        if not line.startswith("# ") and line != "#"]
words = " ".join(rows).split()
assert words == sorted(set(words)) and min(map(len, words)) >= 8

print('#include "vault/password_rule_int.h"\n')
print("const char *const common_passwords[] = {")
for row in rows:
    for sign in '\\"?':     # three of the last could be a trigraph
        row = row.replace(sign, "\\" + sign)
    print(f'\t"{row} ",')
print("};")
print("const size_t common_npasswords = NELEM(common_passwords);")
