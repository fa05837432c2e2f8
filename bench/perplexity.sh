#!/bin/sh
# Perplexity of a text file under the demo model on the emulated device.
#
#   bench/perplexity.sh TEXT [CHIP] [BYTES]
#
# TEXT holds documents separated by lines <|endoftext|>; its first BYTES bytes (20000 unless told)
# are measured on CHIP (gfx942). Windows of 512 tokens, stride 256, as
# examples/models/stories6M/reference.json states its protocol: its figures for the whole of the
# held-out stories stand beside ours in the output. Needs build/bin and no GPU; prints JSON.
set -eu

if [ $# -lt 1 ]; then
  sed -n '2,10s/^# \{0,1\}//p' "$0"
  exit 2
fi
root=$(cd "$(dirname "$0")/.." && pwd)
text=$1
chip=${2:-gfx942}
bytes=${3:-20000}
model=$root/examples/models/stories6M
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$root/build/bin/qcc" "$model/onnx-genai-int4/model.onnx" -o "$work/model.hsaco" \
  --target "$chip" --tokenizer "$model/tokenizer.json" -q
# Whole documents only: the last one that the limit cuts is left out.
head -c "$bytes" "$text" | awk -v RS='\n<\\|endoftext\\|>\n' '
  NR > 1 { printf "%s%s", separator, last; separator = "\n<|endoftext|>\n" } { last = $0 }
' > "$work/text"
measured=$("$root/build/bin/qrun" "$work/model.hsaco" --device emulated --json \
  --perplexity "$work/text" --window 512 --stride 256)
# The fp32 model's figures for the whole of the held-out text: "...ctx512 stride256": {...}.
reference=$(sed -n '/"test.txt all ctx512 stride256": {/,/}/p' "$model/reference.json" |
  sed '1s/.*{/{/; $s/},*/}/' | tr -d '\n')
echo "{\"text\": \"$text\", \"bytes\": $(wc -c < "$work/text")," \
  "\"measured\": $measured, \"fp32_whole_text\": $reference}"
