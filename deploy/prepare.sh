#!/bin/sh
# Makes or updates .venv exactly from uv.lock. Arguments go to `uv sync`. Says in one line what is missing.
set -eu

refuse() {
    printf '%s\n' "$1" >&2
    exit 1
}

if command -v uv >/dev/null 2>&1; then
    uv=uv
elif [ -x .venv/bin/uv ]; then
    uv=.venv/bin/uv
else
    python=
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            python=$name
            break
        fi
    done
    [ -n "$python" ] ||
        refuse "Нужен Python 3.11 или новее (здесь: $(python3 -V 2>/dev/null || echo 'никакого')). Поставьте его и повторите make."
    "$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
        refuse "В Python нет модуля venv. Поставьте его (в Debian: apt install python3-venv) и повторите make."
    "$python" -m venv .venv || refuse "Не создать папку .venv. Проверьте права на папку и место на диске."
    .venv/bin/python -m pip install --quiet uv >/dev/null 2>&1 ||
        refuse "Не скачать зависимости: нужна сеть до pypi.org, один раз. Проверьте её и повторите make."
    uv=.venv/bin/uv
fi

printf '%s\n' "Готовлю окружение по uv.lock, это один раз…" >&2
# inexact: what is there already stays, so `make run` does not throw out what `make test` needs
"$uv" sync --frozen --inexact --quiet "$@" ||
    refuse "Не собрать окружение: нужны Python 3.11+ и сеть до pypi.org. Причина строкой выше; потом повторите make."
