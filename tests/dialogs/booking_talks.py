"""Talks about a visit that must run the same wherever a citizen writes; Monday, 23 November 2026, noon."""

TO_PLAN = """
    > /start
    < start.hello
    < situation.choose ...
    > [alimony]
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

TO_ROLES = f"""
    {TO_PLAN}
    > Записаться на приём
    < booking.role [r:career_advisor] [r:job_matcher]
"""

TO_ADDRESS = f"""
    {TO_ROLES}
    > [r:career_advisor]
    < slots.day ...
    > [d:2026-11-24]
    < slots.time ...
    > [t:2611240300]
    < seat.address [ok] [central] [call] [other]
"""

BOOKED = f"""
    {TO_ADDRESS}
    > [ok]
    < seat.confirm [yes] [other]
    > [yes]
    < seat.done ...
"""

BOOKED_FROM_THE_PLAN = f"""
    {TO_PLAN}
    > [item:advisor]
    < plan.item [book:advisor] [done:advisor] ...
    > Записаться
    < slots.day [d:2026-11-24] ...
    > назад
    < plan.item [book:advisor] ...
    > [book]
    < slots.day ...
    > завтра в 10
    < seat.address ...
    > [ok]
    < seat.confirm ...
    > [yes]
    < seat.done ...
    > мой план
    < plan.list ...
    > [item:advisor]
    < plan.item [visit:advisor] [done:advisor] ...
    > Моя запись
    < booked.visit ...
    > мой план
    < plan.list ...
    > [_next:1]
    < plan.list ...
    > [item:vacancies]
    < plan.item [book:vacancies] ...
    > [book]
    < slots.day [d:2026-11-26] ...
"""

BOOKED_BY_WORDS = f"""
    {TO_ROLES}
    > 2
    < slots.day ...
    > в четверг к десяти
    < seat.address ...
    > Другое время
    < slots.day ...
    > на следующей неделе после обеда
    < slots.time ...
    > в половине четвёртого
    < seat.address ...
    > Подходит
    < seat.confirm ...
    > да
    < seat.done ...
"""

BOOKED_WITHOUT_A_PLAN = """
    > /start
    < start.hello
    < situation.choose ...
    > /book
    < booking.who [s:released] [s:pre_release] [s:alimony] [s:other]
    > [s:alimony]
    < consent.ask [yes] [no] [full]
    > [yes]
    < consent.agreed_there
    < booking.role ...
    > [r:job_matcher]
    < slots.day ...
    > 1
    < slots.time ...
"""

NO_CONSENT_NO_BOOKING = """
    > /book
    < booking.who [s:released] [s:pre_release] [s:alimony] [s:other]
    > [s:alimony]
    < consent.ask ...
    > [no]
    < booking.info [handover] [questions] [menu]
"""

CANNOT_COME_YET = """
    > /start
    < start.hello
    < situation.choose ...
    > /book
    < booking.who ...
    > [s:pre_release]
    < booking.not_yet [date] [plan] [handover]
    > [handover]
    < handover.may_pass [yes] [no]
"""

SOMEWHERE_ELSE = f"""
    {TO_ADDRESS}
    > [central]
    < booking.central [handover] [call] [menu]
    > [call]
    < booking.call [here]
    > 8 900 000-00-00, лучше после шести
    < handover.sent ...
"""

MOVED_AND_CANCELLED = f"""
    {BOOKED}
    > Моя запись
    < booked.visit ...
    > [move]
    < slots.day ...
    > через неделю
    < slots.off ...
    > [day]
    < slots.day ...
    > 1 декабря в 14:00
    < booked.moved ...
    > [v]
    < booked.visit ...
    > [cancel]
    < booked.cancelled ...
    > [again]
    < slots.day ...
"""

BOOKING_ASKED_BACK = f"""
    {TO_ROLES}
    > [r:career_advisor]
    < slots.day ...
    > вчера
    < slots.doubt_past
    < slots.day ...
    > 30 февраля
    < slots.doubt_no_such_day
    < slots.day ...
    > в 26:00
    < slots.doubt_no_such_time
    < slots.day ...
    > только не во вторник
    < slots.doubt_unclear
    < slots.day ...
    > сварщиком
    < slots.not_understood
    < slots.day ...
    > в следующий вторник
    < slots.which [o:0] [o:1] [day]
    > [o:1]
    < slots.time ...
"""

TALKS = {name.lower(): talk for name, talk in list(globals().items()) if name.isupper() and isinstance(talk, str)}
