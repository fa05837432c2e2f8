"""nan-scale.py IR FOLDER: makes the first scale that the imported decoder IR names a NaN, in the weight file in FOLDER."""
import re
import struct
import sys

ir, folder = sys.argv[1:]
parameter = next(line for line in open(ir) if "qnt.parameter" in line and "scales" in line)
file, offset = re.search(r'scales <"([^"]+)", (\d+),', parameter).groups()
kind = re.search(r"scale = (\w+)", parameter).group(1)
nan = struct.pack({"f16": "<e", "f32": "<f"}[kind], float("nan"))
with open(f"{folder}/{file}", "r+b") as weights:
    weights.seek(int(offset))
    weights.write(nan)
