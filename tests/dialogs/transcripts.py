"""
Talks that must run the same wherever a citizen writes: in the database alone, and through each platform.

Each begins with a citizen whom nobody has met. `EVERYWHERE` names those that the platforms play too.
"""

from tests.dialogs import booking_talks

TO_PLAN = """
    > /start
    < start.hello
    < situation.choose ...
    > [released]
    < situation.more ...
    > [enough]
    < situation.ready ...
    > [plan]
    < consent.ask ...
    > [yes]
    < consent.agreed
    < profile.intro
    < profile.one ...
    > [later]
    < plan.list ...
"""

FIRST_PLAN = """
    > /start
    < start.hello
    < situation.choose [released] [pre_release] [alimony] [other] [relatives]
    > [released]
    < situation.more [enough] ...
    > [enough]
    < situation.ready [plan] [page]
    > [plan]
    < consent.ask [yes] [no] [full]
    > [yes]
    < consent.agreed
    < profile.intro
    < profile.one ...
    > [later]
    < plan.list ...
"""

FIRST_WORDS = """
    > здравствуйте, мне нужна работа
    < start.hello
    < situation.choose ...
    < questions.answer [helped] [not_helped] [handover]
"""

COMES_BACK = f"""
    {TO_PLAN}
    > /start
    < start.again
    < menu.main [plan] [booking] [jobs] [questions] [handover] [more]
"""

TWO_SITUATIONS = """
    > /start
    < start.hello
    < situation.choose ...
    > [alimony]
    < situation.more [enough] [released] [pre_release] [other]
    > [released]
    < situation.more [enough] [pre_release] [other]
    > [enough]
    < situation.ready [plan] [page]
    > [plan]
    < consent.ask [yes] [no] [full]
    > [yes]
    < consent.agreed
    < profile.intro
    < profile.one ...
    > [later]
    < plan.list ...
"""

ALL_SITUATIONS = """
    > /start
    < start.hello
    < situation.choose ...
    > 1
    < situation.more ...
    > [pre_release]
    < situation.more ...
    > [alimony]
    < situation.more [enough] [other]
    > [other]
    < situation.ready [plan] [page]
"""

WITHOUT_PLAN = """
    > /start
    < start.hello
    < situation.choose ...
    > [other]
    < situation.more ...
    > [enough]
    < situation.not_ready [page] [handover] [questions]
    > [page]
    < info.page_without_plan ...
    > назад
    < situation.not_ready [page] [handover] [questions]
"""

DECLINED = """
    > /start
    < start.hello
    < situation.choose ...
    > [released]
    < situation.more ...
    > [enough]
    < situation.ready ...
    > [plan]
    < consent.ask ...
    > [full]
    < consent.full [yes] [no]
    > [no]
    < consent.declined [info] [questions] [handover]
    > [info]
    < info.list ...
    > [released]
    < info.page [plan] [steps:released] ...
    > [steps]
    < info.steps ...
    > 1
    < info.step ...
    > [next]
    < info.step ...
"""

AGREED_AFTER_READING = """
    > /start
    < start.hello
    < situation.choose ...
    > [released]
    < situation.more ...
    > [enough]
    < situation.ready ...
    > [plan]
    < consent.ask ...
    > [full]
    < consent.full ...
    > да
    < consent.agreed
    < profile.intro
    < profile.one ...
    > [later]
    < plan.list ...
"""

CHANGED_SITUATION = f"""
    {TO_PLAN}
    > меню
    < menu.main ...
    > [more]
    < more.list [life] [situation] [info] [my_data] [move] [cover] [stop] [help]
    > [situation]
    < situation.choose ...
    > [alimony]
    < situation.more ...
    > [enough]
    < situation.ready [plan] [page]
"""

LIFE_CHANGES = f"""
    {TO_PLAN}
    > меню
    < menu.main ...
    > [more]
    < more.list [life] ...
    > [life]
    < life.list ...
    > [told:child_born]
    < life.told ...
    > [list]
    < life.list ...
    > [told:own_business]
    < life.told ...
    > назад
    < life.list ...
    > нашла работу!
    < life.told ...
    > [plan]
    < plan.list ...
"""

STEPS_MARKED = f"""
    {TO_PLAN}
    > 1
    < plan.item ...
    > [done]
    < plan.changed_done ...
    > [undo]
    < plan.changed_open ...
    > [list]
    < plan.list ...
    > 1
    < plan.item ...
    > сделано
    < plan.changed_done ...
    > [next]
    < plan.item ...
    > не получается
    < plan.stuck ...
    > 1
    < plan.obstacle ...
    > [next]
    < plan.item ...
    > [later]
    < plan.later ...
    > завтра
    < plan.changed_later ...
    > [next]
    < plan.item ...
    > [not_mine]
    < plan.changed_not_mine ...
    > [undo]
    < plan.changed_open ...
    > [list]
    < plan.list ...
    > 1
    < plan.item ...
    > [reopen]
    < plan.changed_open ...
"""

ANSWERS_CHANGED = f"""
    {TO_PLAN}
    > Мои ответы
    < answers.list ...
    > [q:papers]
    < profile.one ...
    > 2
    < answers.list ...
    > [q:papers]
    < answers.answer ...
    > [change]
    < profile.one ...
    > 1
    < answers.list ...
    > [q:papers]
    < answers.answer ...
    > [forget]
    < answers.forgotten
    < answers.list ...
    > [rest]
    < profile.intro
    < profile.one ...
    > пропустить
    < profile.one ...
    > потом
    < plan.list ...
"""

PAGES_TURNED = f"""
    {TO_PLAN}
    > [_next:1]
    < plan.list ...
    > [_prev:0]
    < plan.list ...
    > [_next:1]
    < plan.list ...
    > меню
    < menu.main ...
"""

WAYS_BACK = f"""
    {TO_PLAN}
    > меню
    < menu.main ...
    > [plan]
    < plan.list ...
    > 2
    < plan.item ...
    > [later]
    < plan.later ...
    > назад
    < plan.item ...
    > [_back]
    < plan.list ...
    > назад
    < menu.main ...
    > назад
    < menu.main ...
"""

NUMBERS_AND_LABELS = f"""
    {TO_PLAN}
    > меню
    < menu.main ...
    > 4
    < questions.topics ...
    > 1.
    < questions.list ...
    > 1
    < questions.answer [helped] [not_helped] [handover]
    > помогло
    < questions.helped [topics] [menu]
    > Другой вопрос
    < questions.topics ...
"""

NOT_UNDERSTOOD = f"""
    {TO_PLAN}
    > 99
    < fallback.unknown [menu] [questions] [handover]
    > назад
    < plan.list ...
    > ыва
    < fallback.unknown [menu] [questions] [handover]
    > [questions]
    < questions.topics ...
"""

ALWAYS_AT_HAND = f"""
    {TO_PLAN}
    > 1
    < plan.item ...
    > [_menu]
    < menu.main ...
    > [plan]
    < plan.list ...
    > [_human]
    < handover.words [skip]
    > /menu
    < menu.main ...
    > /plan
    < plan.list ...
    > /book
    < booking.role [r:career_advisor] [r:job_matcher]
    > /jobs
    < jobs.info [handover] [questions] [plan]
    > /ask
    < questions.topics ...
    > /help
    < help.text [menu] [questions] [handover]
    > /human
    < handover.words [skip]
    > /data
    < my_data.kept [file] [situations] [calls] [withdraw] [move] [delete] [menu]
    > /stop
    < stop.done [resume] [my_data] [menu]
    > стоп
    < stop.done [resume] [my_data] [menu]
    > помощь
    < help.text ...
    > человек
    < handover.words [skip]
    > мой план
    < plan.list ...
    > МЕНЮ!!!
    < menu.main ...
"""

MAY_PASS = """
    > /start
    < start.hello
    < situation.choose ...
    > человек
    < handover.may_pass [yes] [no]
    > да
    < handover.words [skip]
    > Хочу работать сварщиком
    < handover.sent [add] [topic] [menu]
    > человек
    < handover.already [add] [menu]
"""

MAY_NOT_PASS = """
    > /start
    < start.hello
    < situation.choose ...
    > человек
    < handover.may_pass [yes] [no]
    > нет
    < handover.phone [questions] [menu]
"""

MORE_WORDS = f"""
    {TO_PLAN}
    > /human
    < handover.words [skip]
    > [skip]
    < handover.sent [add] [topic] [menu]
    > [add]
    < handover.more [menu]
    > Забыл сказать: живу далеко
    < handover.added [add] [menu]
    > /human
    < handover.already [add] [menu]
"""

STOPPED_AND_RESUMED = f"""
    {TO_PLAN}
    > /stop
    < stop.done [resume] [my_data] [menu]
    > /plan
    < plan.list ...
    > 2
    < plan.item ...
    > [later]
    < plan.stopped [resume] [list]
    > [resume]
    < plan.resumed
    < plan.later ...
    > [tomorrow]
    < plan.changed_later ...
    > стоп
    < stop.done ...
    > [resume]
    < stop.resumed [plan] [menu]
    > назад
    < stop.done ...
"""

DATA_DELETED = f"""
    {TO_PLAN}
    > 1
    < plan.item ...
    > [done]
    < plan.changed_done ...
    > /data
    < my_data.kept [file] [situations] [calls] [withdraw] [move] [delete] [menu]
    > [delete]
    < my_data.confirm [yes] [no]
    > [no]
    < my_data.kept [file] [situations] [calls] [withdraw] [move] [delete] [menu]
    > [delete]
    < my_data.confirm [yes] [no]
    > [yes]
    < my_data.erased
    < menu.main ...
    > /data
    < my_data.nothing [delete] [menu]
    > /plan
    < situation.choose ...
"""

TO_READING = """
    > /start
    < start.hello
    < situation.choose ...
    > меню
    < menu.main ...
    > [more]
    < more.list ...
    > [info]
    < info.list ...
"""

READ_ON = f"""
    {TO_READING}
    > [pre_release]
    < info.page...
    > [pages]
    < info.pages ...
    > 1
    < info.reading [next...
    > [next]
    < info.reading ...
    > назад
    < info.reading ...
    > назад
    < info.pages ...
    > назад
    < info.page...
"""

FIRST_DAYS = f"""
    {TO_READING}
    > [pre_release]
    < info.page...
    > [days]
    < days.date [plain:pre_release]
    > давно
    < days.wrong [plain:pre_release]
    > 12 декабря
    < days.dated [date:pre_release] [share:pre_release]
    > [share]
    < relatives.share ...
    > назад
    < days.dated ...
    > [date]
    < days.date ...
    > [plain]
    < days.plain [date:pre_release] [share:pre_release]
"""

FOR_A_RELATIVE = """
    > /start
    < start.hello
    < situation.choose ...
    > [relatives]
    < relatives.choose [released] [pre_release] [alimony] [other]
    > [pre_release]
    < relatives.share [page:pre_release] ...
    > [days]
    < days.date ...
    > назад
    < relatives.share ...
    > [pages]
    < info.pages ...
    > 1
    < info.reading ...
    > назад
    < info.pages ...
    > назад
    < relatives.share ...
    > [page]
    < info.page...
"""

NOT_HELPED = """
    > /ask
    < questions.topics ...
    > 1
    < questions.list ...
    > 1
    < questions.answer [helped] [not_helped] [handover]
    > не помогло
    < questions.not_helped [handover] [topics] [menu]
    > [handover]
    < handover.may_pass [yes] [no]
    > да
    < handover.words_about [skip]
    > Всё равно непонятно
    < handover.sent [add] [topic] [menu]
"""

SITUATION_HIDDEN = f"""
    {TO_PLAN}
    > 1
    < plan.item ...
    > [done]
    < plan.changed_done ...
    > /data
    < my_data.kept ...
    > [situations]
    < my_data.situations [hide:released] [change]
    > [hide:released]
    < my_data.hide [yes] [no]
    > нет
    < my_data.situations ...
    > [hide:released]
    < my_data.hide ...
    > да
    < my_data.hidden
    < my_data.kept ...
    > [situations]
    < my_data.no_situations [change]
    > [change]
    < situation.choose ...
"""

CONSENT_WITHDRAWN = f"""
    {TO_PLAN}
    > /human
    < handover.words [skip]
    > [skip]
    < handover.sent ...
    > /data
    < my_data.kept ...
    > [withdraw]
    < my_data.withdraw [yes] [no]
    > [no]
    < my_data.kept ...
    > Отозвать согласие
    < my_data.withdraw [yes] [no]
    > [yes]
    < my_data.withdrawn
    < menu.main ...
    > /data
    < my_data.nothing [file] [move] [delete] [menu]
    > /plan
    < situation.choose ...
    > человек
    < handover.already ...
"""

CODE_ASKED = f"""
    {TO_PLAN}
    > /data
    < my_data.kept ...
    > [move]
    < move.choose [get] [have]
    > [get]
    < move.code [new] [menu]
    > [new]
    < move.code [new] [menu]
    > назад
    < move.choose [get] [have]
    > [have]
    < move.enter [menu]
    > не помню
    < move.wrong [again] [menu]
    > [again]
    < move.enter [menu]
    > 2222AA2222
    < move.confirm [yes] [no]
    > [no]
    < menu.main ...
    > 2222-aa-2222
    < move.confirm [yes] [no]
    > да
    < move.wrong [again] [menu]
    > назад
    < move.confirm [yes] [no]
"""

NOTHING_TO_MOVE = """
    > /start
    < start.hello
    < situation.choose ...
    > Ещё
    < more.list ...
    > [move]
    < move.choose [get] [have]
    > [get]
    < move.nothing [have] [menu]
    > [have]
    < move.enter [menu]
    > меню
    < menu.main ...
"""

WRONG_CODE_FIRST = """
    > 4К7-0МТ-9А52
    < start.hello
    < move.wrong [again] [menu]
    > [menu]
    < menu.main ...
"""


def journey(situation: str, first: str = "< profile.one ...\n > 1") -> str:
    """From a stranger's hello to a step of the situation's plan that is done. first: the first question, answered."""
    return f"""
        > /start
        < start.hello
        < situation.choose ...
        > [{situation}]
        < situation.more ...
        > [enough]
        < situation.ready [plan] [page]
        > [plan]
        < consent.ask [yes] [no] [full]
        > [yes]
        < consent.agreed
        < profile.intro
        {first}
        < profile.one ...
        > [later]
        < plan.list ...
        > 1
        < plan.item ...
        > [done]
        < plan.changed_done ...
    """


JOURNEYS = {
    "journey_released": journey("released"),
    "journey_pre_release": journey("pre_release", "< profile.date ...\n > 20.12.2026\n < profile.noted"),
    "journey_alimony": journey("alimony"),
}

EVERYWHERE = {
    **{name.lower(): talk for name, talk in list(globals().items()) if name.isupper() and isinstance(talk, str)},
    **JOURNEYS,
    **booking_talks.TALKS,
}
