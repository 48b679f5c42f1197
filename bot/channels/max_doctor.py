"""What may be wrong with a bot in MAX, and what its operator does about it."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.channels.max_client import Answered, CaFileFault, MaxClient, MaxError, NotOpened
from bot.channels.port import Finding

SOON: Final = timedelta(days=45)
_GET_CA: Final = (
    "Скачайте корневой и выпускающий сертификаты Минцифры (gosuslugi.ru/crt), сложите их в один файл PEM и укажите его "
    "в BOT_MAX_CA_FILE"
)


async def findings(client: MaxClient, *, ca_file: str, webhook_url: str, secret: str) -> Sequence[Finding]:
    """Certificates, then the token, then how updates come; a fault ends the list: the rest would only repeat it."""
    found = list(ca_findings(ca_file, datetime.now(UTC))) if ca_file else []
    if any(finding.is_fault for finding in found):
        return found
    try:
        me = await client.get_me()
        subscriptions = await client.list_subscriptions()
    except MaxError as error:
        return [*found, _call_finding(error, has_ca=bool(ca_file))]
    name = me.get("username")
    found.append(Finding(False, f"MAX: ключ принят, бот {name}" if isinstance(name, str) else "MAX: ключ принят"))
    if not isinstance(name, str):
        found.append(
            Finding(False, "MAX: у бота нет имени для ссылок", "Дождитесь окончания проверки бота на business.max.ru")
        )
    found += _intake(subscriptions, webhook_url, secret)
    return found


def ca_findings(ca_file: str, now: datetime) -> Sequence[Finding]:
    """What is wrong with the CA file at `now` (aware)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=ca_file)
    except FileNotFoundError:
        return [Finding(True, f"MAX: нет файла с сертификатами {ca_file}", _GET_CA)]
    except PermissionError:
        return [
            Finding(
                True, f"MAX: файл {ca_file} нельзя прочитать", "Дайте пользователю, под которым идёт бот, право чтения"
            )
        ]
    except (OSError, ValueError):
        return [Finding(True, f"MAX: в файле {ca_file} нет сертификата в виде PEM", _GET_CA)]
    ends = [
        datetime.fromtimestamp(ssl.cert_time_to_seconds(str(one["notAfter"])), UTC) for one in context.get_ca_certs()
    ]
    if not ends:
        return [Finding(True, f"MAX: в файле {ca_file} нет сертификата удостоверяющего центра", _GET_CA)]
    if max(ends) <= now:
        return [Finding(True, f"MAX: сертификаты в файле {ca_file} истекли {max(ends):%d.%m.%Y}", _GET_CA)]
    past, soon = [end for end in ends if end <= now], [end for end in ends if now < end <= now + SOON]
    found = [Finding(False, f"MAX: один из сертификатов в {ca_file} истёк {end:%d.%m.%Y}", _GET_CA) for end in past]
    return found + [
        Finding(False, f"MAX: один из сертификатов в {ca_file} истекает {end:%d.%m.%Y}", _GET_CA) for end in soon
    ]


def _call_finding(error: MaxError, *, has_ca: bool) -> Finding:
    if isinstance(error, CaFileFault):
        return Finding(True, "MAX: файл с сертификатами не читается", _GET_CA)
    if isinstance(error, NotOpened) and error.is_certificate:
        remedy = f"{_GET_CA}. Тот, что указан, не подходит" if has_ca else _GET_CA
        return Finding(True, "MAX: сертификату сервера нет доверия", remedy)
    if isinstance(error, NotOpened):
        return Finding(
            True,
            "MAX: сервер недоступен",
            "Проверьте выход в интернет, доступ к platform-api2.max.ru через сетевой экран и BOT_MAX_API_URL",
        )
    if isinstance(error, Answered) and error.is_dead_token:
        return Finding(
            True,
            "MAX: ключ бота не принят",
            "Возьмите ключ на business.max.ru (Чат-боты, Расширенные настройки), впишите без Bearer в BOT_MAX_TOKEN",
        )
    if isinstance(error, Answered) and error.status == 403:
        return Finding(
            True, f"MAX: боту отказано в правах ({error})", "Проверьте на business.max.ru, что бот проверен и включён"
        )
    if isinstance(error, Answered) and error.status == 404:
        return Finding(True, "MAX: по этому адресу нет Bot API", "Проверьте BOT_MAX_API_URL: обычно он не нужен вовсе")
    return Finding(
        True, f"MAX: сервер отвечает ошибкой ({error})", "Повторите позже; если не пройдёт, напишите в поддержку MAX"
    )


def _intake(subscriptions: Sequence[dict[str, Any]], webhook_url: str, secret: str) -> list[Finding]:
    urls = [str(one.get("url", "")) for one in subscriptions]
    if not webhook_url:
        if urls:
            return [
                Finding(
                    False,
                    "MAX: у бота есть подписка, пока она стоит, длинный опрос пуст",
                    "При запуске с длинным опросом бот снимет её сам; нужна другой программе: заведите той своего бота",
                )
            ]
        return [
            Finding(
                False,
                "MAX: сообщения приходят длинным опросом, площадка держит его только для проб: 2 запроса в секунду",
                "Для работы с гражданами задайте BOT_PUBLIC_URL (https, порт 443)",
            )
        ]
    found = []
    if not secret:
        found.append(
            Finding(True, "MAX: нет секрета для вебхука", "Задайте BOT_WEBHOOK_SECRET: 16–50 знаков A-Z a-z 0-9 _ -")
        )
    if webhook_url not in urls:
        found.append(
            Finding(
                True,
                "MAX: подписки на наш адрес нет: сообщения не приходят",
                "Запустите бота: он подпишется сам. Если подписка снова пропадёт, проверьте, что адрес открыт из "
                "интернета по https на порту 443 и отвечает 200 за 30 секунд",
            )
        )
    elif len(urls) > 1:
        found.append(
            Finding(
                False,
                f"MAX: подписок {len(urls)}, кроме нашей есть чужие",
                "Если у бота был прежний адрес, снимите лишнюю подписку на business.max.ru",
            )
        )
    return found
