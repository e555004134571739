#!/usr/bin/env bash
# Builds dav1d.wasm and webp.wasm from Debian's sources of dav1d and libwebp, with Debian's security patches. Their
# results are committed, since whoever installs Belino has no C compiler. Needs Debian 12 and, of its packages, clang, lld,
# wasi-libc, libclang-rt-14-dev-wasm32 and dpkg-dev; puts the sources into the folder given, or into a temporary one.
set -euo pipefail
# clang hands its result to any wasm-opt that it finds, which another toolchain may have left in the path.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
work="${1:-$(mktemp -d)}"
mkdir -p "$work" && cd "$work"

mkdir -p lists parts
cat >list <<'LIST'
deb-src http://deb.debian.org/debian bookworm main
deb-src http://deb.debian.org/debian-security bookworm-security main
LIST
apt=(apt-get -qq -o "Dir::Etc::sourcelist=$work/list" -o "Dir::Etc::sourceparts=$work/parts" -o "Dir::State::lists=$work/lists")
if [[ ! -d dav1d-1.0.0 || ! -d libwebp-1.2.4 ]]; then
  "${apt[@]}" update
  "${apt[@]}" source dav1d=1.0.0-2+deb12u1 libwebp=1.2.4-0.2+deb12u1
fi

# The stack is first in memory: what overflows it traps instead of writing over something else.
flags=(--target=wasm32-wasi -O3 -msimd128 -mbulk-memory -DNDEBUG -std=c11 -D_GNU_SOURCE -w)
link=(-nostartfiles -Wl,--no-entry -Wl,--strip-all -Wl,--gc-sections -Wl,-z,stack-size=524288 -Wl,--stack-first
  -Wl,--max-memory=50331648)

objects=()
compile() {
  local name=$1
  shift
  clang "${flags[@]}" -c -o "$work/$name.o" "$@"
  objects+=("$work/$name.o")
}

av1=dav1d-1.0.0
mkdir -p include/dav1d
printf '#define DAV1D_VERSION "1.0.0"\n' | tee include/vcs_version.h >include/version.h
sed -E 's/@[A-Z_]+@/0/' "$av1/include/dav1d/version.h.in" >include/dav1d/version.h 2>/dev/null || true
headers=(-I"$here/include" -I"$work/include" -I"$av1" -I"$av1/include" -I"$av1/include/dav1d" -I"$av1/src")
for file in cdf cpu data decode dequant_tables getbits intra_edge itx_1d lf_mask lib log mem msac obu picture qm ref \
  refmvs scan tables thread_task warpmv wedge; do
  compile "av1-$file" "${headers[@]}" "$av1/src/$file.c"
done
for file in cdef_apply cdef fg_apply filmgrain ipred_prepare ipred itx lf_apply loopfilter looprestoration lr_apply mc \
  recon; do
  for bits in 8 16; do compile "av1-$file-$bits" "${headers[@]}" -DBITDEPTH=$bits "$av1/src/${file}_tmpl.c"; done
done
compile av1 "${headers[@]}" "$here/dav1d.c"
clang "${flags[@]}" "${link[@]}" -o "$here/dav1d.wasm" "${objects[@]}"

objects=()
webp=libwebp-1.2.4
for file in "$webp"/src/dec/*.c "$webp"/src/demux/*.c "$webp"/src/utils/{bit_reader,color_cache,filters,huffman,quant_levels_dec,random,rescaler,thread,utils}_utils.c \
  "$webp"/src/utils/{quant_levels_dec,utils}*.c "$webp"/src/dsp/{alpha_processing,cpu,dec,dec_clip_tables,filters,lossless,rescaler,upsampling,yuv}.c; do
  [[ -f $file ]] || continue
  compile "webp-$(basename "$file" .c)" -I"$webp" -I"$webp/src" "$file"
done
compile webp -I"$webp/src" "$here/webp.c"
mapfile -t objects < <(printf '%s\n' "${objects[@]}" | sort -u)
clang "${flags[@]}" "${link[@]}" -o "$here/webp.wasm" "${objects[@]}"
(cd "$here" && sha256sum dav1d.wasm webp.wasm | tee SHA256SUMS)
