#!/usr/bin/env bash
# The default recordings, spoken by espeak-ng from the texts beside this file, for a telephone: 8 kHz,
# mono, 16 bits. `make prompts` calls it; a person's voice is better (README, "Recording your own prompts").
# usage: config/prompts/record.sh TARGET-DIRECTORY TABLE
set -euo pipefail
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
target=$1 table=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Debian 12's `cmn` voice reads its own dictionary's pinyin as English letters; its pinyin voice reads
# characters and their tones rightly. Slower than its default of 175 words a minute, because a tired,
# frightened person listens over a bad line; pitch a little low, because high sounds urgent.
voice_of() {
  case $1 in
    zh-CN) echo "-v cmn-latn-pinyin -s 165 -p 45 -a 90" ;;
    en) echo "-v en-gb -s 140 -p 42 -a 90" ;;
  esac
}

# What the dictionary reads with a wrong tone, in pinyin.
aloud() { sed -E 's/青少年/ qing1shao4nian2 /g'; }

# One text: spoken piece by piece, with true pauses between.
record() {
  local locale=$1 path=$2 text=$3 piece=0 part pause pieces=()
  local bed; bed=$(mktemp -d -p "$work")
  while IFS=$'\t' read -r part pause; do
    piece=$((piece + 1))
    # shellcheck disable=SC2046
    aloud <<<"$part" | espeak-ng $(voice_of "$locale") -w "$bed/raw.wav"
    # Trimmed at both ends, so that numbers stand close in a sentence; low rumble taken out; no clicks.
    sox -D "$bed/raw.wav" -b 16 -c 1 "$bed/$piece.wav" gain -3 rate -v 8000 highpass 120 \
      silence 1 0.01 0.3% reverse silence 1 0.01 0.3% fade t 0.008 reverse \
      fade t 0.004 pad 0.02 0.08 gain -n -4
    pieces+=("$bed/$piece.wav")
    if [ -n "$pause" ]; then
      sox -D -n -r 8000 -b 16 -c 1 "$bed/$piece-pause.wav" trim 0 "$pause"
      pieces+=("$bed/$piece-pause.wav")
    fi
  done < <(sed -E 's/ *[（(](停|pause) ([0-9]+) (秒|s)[）)] */\t\2\n/g' <<<"$text" | grep -v '^$')
  mkdir -p "$(dirname "$work/made/$path")"
  sox "${pieces[@]}" "$work/made/$path"
  rm -rf "$bed"
}

# Every text as locale, path and words. Lines of a table [12355] belong to that line alone.
texts() {
  local locale
  for locale in zh-CN en; do
    awk -v locale="$locale" '
      /^\[.*\]$/ { line = substr($0, 2, length($0) - 2) "/" }
      match($0, /^[a-z0-9_]+ = "/) {
        key = $1; text = substr($0, RLENGTH + 1); sub(/"$/, "", text)
        print locale "\t" line locale "/" key ".wav\t" text
      }' "$here/$locale.toml"
  done
}

# Not heard by anybody yet: at least long enough, not silent, not clipped.
check() {
  local path=$1 seconds peak rms
  seconds=$(soxi -D "$work/made/$path")
  read -r peak rms < <(sox "$work/made/$path" -n stats 2>&1 |
    awk '/^Pk lev dB/ { p = $4 } /^RMS lev dB/ { r = $4 } END { print p, r }')
  awk -v s="$seconds" -v p="$peak" -v r="$rms" -v path="$path" 'BEGIN {
    max = path ~ /grounding/ ? 60 : path ~ /greeting/ ? 6 : path ~ /number_/ ? 2 : 14
    min = path ~ /grounding/ ? 40 : 0.15
    verdict = "ok"
    if (s < min || s > max) verdict = "LENGTH"
    if (r < -40) verdict = "SILENT"
    if (p > -1) verdict = "CLIPPED"
    printf "%-40s %6.2f s  peak %6.1f dB  mean %6.1f dB  %s\n", path, s, p, r, verdict }'
}

export -f record aloud voice_of check; export work
# A worker for each core. The pieces of a text hold no tab and no NUL.
texts | tr '\n' '\0' | xargs -0 -P "$(nproc)" -I{} bash -euo pipefail -c '
  IFS=$'"'\t'"' read -r locale path text <<<"$1"; record "$locale" "$path" "$text"' _ {}
texts | cut -f 2 | while read -r path; do check "$path"; done >"$work/table"
if grep -vE ' ok$' "$work/table"; then echo "record.sh: these are not fit to be heard"; exit 1; fi
rm -rf "$target"
mkdir -p "$(dirname "$target")"
cp -r "$work/made" "$target"
cp "$work/table" "$table"
awk -v target="$target" '{ s += $2 } END { printf "%d recordings, %d s, in %s\n", NR, s, target }' "$table"
