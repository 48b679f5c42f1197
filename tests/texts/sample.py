"""A small content whose lines stand still: the shipped one is reworded by its authors at will."""

SAMPLE: dict[str, str] = {
    "texts/common.yaml": """back: Назад
more: Далее
previous: Раньше
menu: Меню
human: Специалист
no_contact: Контакты уточните у специалиста.
not_sure: Уточните это у специалиста.
""",
    "texts/booking.yaml": """# Запись на приём
slot: На какое время вас записать?
done: |
  Вы записаны. Код записи: {code}. Возьмите паспорт.
confirm:
  text: Записать вас на {when}?
  buttons:
    yes: Да, записать
    no: Другое время
""",
    "words.yaml": """back: [назад]
menu: [меню]
stop: [стоп]
human: [Позови человека]
help: [помощь]
data: [мои данные]
answers: [мои ответы]
visit: [моя запись]
start: [начнём]
yes: [да]
no: [нет]
""",
    "rules.yaml": """quiet:
  from: "21:00"
  to: "09:00"
later:
  tomorrow: {days: 1, hour: 10}
  three_days: {days: 3, hour: 10}
  week: {days: 7, hour: 10}
  month: {days: 30, hour: 10}
retention:
  raw_words_days: 90
  dedupe_days: 14
  closed_case_days: 30
  session_hours: 24
answer_hours: 8
apology_after_minutes: 15
other_channels:
  MAX: https://max.ru/centre
  ВКонтакте:
helpline: "Позвоните психологам: {fact.phone}."
move: {minutes: 15, tries_per_hour: 5}
""",
    "channels.yaml": """telegram: {per_second: 25, chat_per_second: 1, group_per_minute: 18}
vk: {per_second: 15, chat_per_second: 2}
max:
  per_second: 25
  chat_per_second: 2
""",
    "consent.yaml": """version: "2026-11"
operator:
  name: Центр занятости
  needs_verification: да
short: Нужно ваше согласие. Отвечает {operator}.
full: |
  Оператор: {operator}.
  Храним {raw_words_days} дней.
""",
    "sources.yaml": """leaflet:
  note: листовка
department:
  situation: released
desk:
  question: faq-001
""",
    "facts.yaml": """fee:
  value: 350 ₽
  as_of: 2026-01-01
  check_by: 2027-01-01
  source: приказ
  confidence: high
guess:
  value: 850 ₽
  as_of: 2026-01-01
  check_by: 2027-01-01
  source: слухи
  confidence: verify
phone:
  value: +7 (495) 989-50-50
  as_of: 2026-01-01
  check_by: 2027-01-01
  source: сайт
  confidence: high
""",
    "style.yaml": """forbidden:
  должник: родитель, который платит алименты
  бывший заключённый: человек после освобождения
sentence_words: 12
""",
    "offices/main.yaml": """name: ЦЗН на Ленина
short_name: На Ленина
is_default: да
needs_verification: нет
timezone: Asia/Barnaul
address: ул. Ленина, 1
landmark: рядом с почтой
phone: 8 (3852) 12-34-56
hours:
  пн-чт: 9:00-13:00, 14:00-18:00
  пт: 9:00-17:00
  сб: выходной
contacts:
  uii:
  shelter: ул. Мира, 2
""",
    "situations/released/situation.yaml": """label: После освобождения
citizen_says: я освободился
also: [откинулся]
order: 10
is_ready: да
""",
    "situations/released/page.yaml": """name: Работа
audience: Для всех.
about: О помощи.
services: Резюме.
where_to_go: "Сюда: {office.address}."
""",
    "situations/released/plan.yaml": """papers:
  title: Собрать документы
  stage: info_search
  why: Без паспорта никак.
  how:
    - Проверьте, что есть.
  take:
    - справка
  where: МФЦ.
  who: Специалист.
resume:
  title: Составить резюме
  stage: czn_contact
  why: Его читают до встречи.
  how: [Напишите.]
  where: Здесь.
  who: Специалист.
""",
    "situations/released/days.yaml": """accounting:
  from_day: 2
  to_day: 3
  title: Отметиться
  do:
    - Придите туда, куда велели.
arrival:
  from_day: 1
  title: Дорога
  do: [Доберитесь до дома., Отдохните.]
""",
    "pages/visit.yaml": """label: Первый приём
order: 20
text: |
  Приходите с паспортом.

  Адрес: {office.address}.
situations: [released]
source: карта
confidence: high
""",
    "pages/rights.yaml": """label: Ваши права
order: 10
text: Работать можно почти везде.
source: закон
confidence: high
""",
    "situations/other/situation.yaml": """label: Другое
citizen_says: другое
order: 90
is_ready: нет
elsewhere: Задайте вопрос.
""",
    "situations/other/page.yaml": """name: Помощь
audience: Для всех.
about: О помощи.
services: Резюме.
where_to_go: Сюда.
""",
    "questions/work.yaml": """label: Работа
order: 10
questions:
  faq-001:
    label: Возьмут ли
    question: Возьмут ли меня?
    also: [я должник, берут ли]
    answer: Да. Пошлина {fact.fee}.
    situations: [released]
    escalation: companion
    source: закон
    confidence: high
  faq-002:
    label: Сколько дают
    question: Сколько дают?
    answer: Дают немного.
    source: слухи
    confidence: verify
""",
    "questions/bot.yaml": """label: О боте
order: 20
questions:
  faq-003:
    label: Кто вы
    question: Кто вы?
    answer: Бот.
    source: мы
    confidence: high
""",
}
