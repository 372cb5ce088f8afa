#!/bin/sh
# Makes sure that a Chromium is here: the one on the PATH, Playwright's own, or the distribution's. $1: the venv's bin.
set -u
"$1/python" tests/browser.py >/dev/null 2>&1 && exit 0
"$1/playwright" install --with-deps chromium >/dev/null 2>&1 && "$1/python" tests/browser.py >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi
$sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null \
	&& exec "$1/python" tests/browser.py
echo "No Chromium could be installed; put one on the PATH." >&2
exit 1
