/*
The chat page. Everything is shown as text, nothing is taken for markup.

  talk.queue    acts of the citizen, sent one at a time, the same id until the server has stored it
  talk.lines    what the screen shows; kept in sessionStorage for a reload of this tab
  listen()      what the bot says, by fetch: EventSource can send no Authorization, which a framed page needs

text.js makes words into elements, line.js speaks with the server, scroll.js keeps the newest in sight.
*/
(() => {
  'use strict';
  const { make, link, linked, named } = window.chatText;
  const { pause, backoff, request, events } = window.chatLine;
  const page = document.body.dataset, words = JSON.parse(page.words), isFramed = page.framed === 'yes';
  const $ = (id) => document.getElementById(id);
  const KEY = 'chat', MINUTE = 60000;
  const IDLE = 15 * MINUTE, WARNED = 13 * MINUTE, REFRESH = 5 * MINUTE;
  const COPY = '/chat/data?'; // what is kept about the citizen, as a file
  const ENTRY = '/calendar/'; // a visit as a calendar file: the link alone is enough
  const ASK_MS = 20000, SILENCE_MS = 40000, FIRST_MS = 8000, TYPING_MS = 30000, LINES_MAX = 200;
  const tag = (new URLSearchParams(location.search).get('from') || '').slice(0, 60);
  const other = 'BroadcastChannel' in window && !isFramed ? new BroadcastChannel(KEY) : null;

  // ---- what this tab knows
  let kept = null; // where sessionStorage is forbidden
  const empty = () => ({ token: '', proof: '', lines: [], queue: [], cursor: 0, isStarted: false, isRemembered: false, actedAt: Date.now() });
  let talk = load() || empty();
  let wakeEnd = () => {};
  let mustBeNew = false; // the server has not heard yet that the last talk is over
  let era = 0; // grows when a talk ends: whatever still runs for it stops

  function load() { try { return JSON.parse(sessionStorage.getItem(KEY)); } catch { return kept; } }
  function save() {
    talk.lines = talk.lines.slice(-LINES_MAX);
    kept = talk;
    try { sessionStorage.setItem(KEY, JSON.stringify(talk)); } catch { /* private mode: this tab only */ }
  }
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID needs https
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  // ---- the server

  async function ask(method, path, body, { timeout = ASK_MS, signal } = {}) {
    const headers = { 'X-Chat': '1' };
    if (isFramed && talk.token) headers.Authorization = 'Bearer ' + talk.token;
    if (!isFramed && talk.proof) headers['X-Chat-Proof'] = talk.proof;
    if (body) headers['Content-Type'] = 'application/json';
    return request(path, { method, headers, body: body && JSON.stringify(body), timeout, signal, credentials: isFramed ? 'omit' : 'same-origin', keepalive: path === '/chat/end' });
  }

  let lastSession = Date.now();
  async function session(wish = {}) {
    const mine = era, isNew = mustBeNew;
    const response = await ask('POST', '/chat/session', { is_framed: isFramed, is_new: mustBeNew, ...wish });
    if (!response.ok) return response;
    const given = await response.json();
    if (mine !== era) return response;
    mustBeNew = false;
    if (isNew && other) other.postMessage({ isEnded: true }); // no other tab goes on with the talk before
    lastSession = Date.now();
    talk.token = given.token || '';
    talk.proof = given.proof || '';
    talk.isRemembered = Boolean(given.isRemembered);
    save(); showDevice();
    return response;
  }

  let isDelivering = false, wakeDelivery = () => {};
  async function deliver() {
    if (isDelivering) return;
    isDelivering = true;
    let failures = 0;
    while (talk.queue.length) {
      const act = talk.queue[0], mine = era;
      let response = null;
      const slow = setTimeout(() => { if (mine === era) mark(act.id, 'sending'); }, 700);
      try {
        if (mustBeNew || (isFramed ? !talk.token : !talk.proof)) response = await session();
        if (!response || response.ok) response = await ask('POST', '/chat/messages', act);
      } catch { response = null; }
      clearTimeout(slow);
      if (mine !== era) { failures = 0; continue; }
      const status = response ? response.status : 0;
      if (status === 202 || status === 400 || status === 413) {
        talk.queue = talk.queue.filter((one) => one !== act);
        mark(act.id, status === 202 ? 'sent' : 'refused');
        failures = 0; tell('');
        if (status === 202) { typing(true); if (other) other.postMessage({ line: talk.lines.find((line) => line.id === act.id), proof: talk.proof }); }
        listen();
        continue;
      }
      failures += 1;
      if (status === 401 || status === 403) { talk.proof = ''; if (isFramed) talk.token = ''; save(); if (failures < 3) continue; }
      if (failures > 1 || status === 0) mark(act.id, failures > 3 ? 'failed' : 'sending');
      tell(status === 429 ? words.busy : status ? words.trouble : words.offline);
      const asked = response && Number(response.headers.get('Retry-After')) * 1000;
      await pause(asked || backoff(failures), (wake) => { wakeDelivery = wake; });
    }
    isDelivering = false;
  }

  let listening = null, isBrief = false, heardAt = 0, wakeListening = () => {};
  async function listen() {
    if (listening || !talk.isStarted) return;
    const mine = era, stop = listening = new AbortController();
    let failures = 0;
    while (mine === era && talk.isStarted) {
      const round = new AbortController();
      stop.signal.onabort = () => round.abort();
      let status = 0, isFirst = true;
      let watch = setTimeout(() => { isBrief = true; round.abort(); }, FIRST_MS);
      try {
        const response = await ask('GET', `/chat/feed?after=${talk.cursor}${isBrief ? '&brief=1' : ''}`, null, { timeout: 0, signal: round.signal });
        status = response.status;
        if (response.ok) {
          await events(response, () => {
            if (mine !== era) return false;
            if (isFirst) { isFirst = false; failures = 0; if (!talk.queue.length) tell(''); }
            clearTimeout(watch);
            watch = setTimeout(() => round.abort(), SILENCE_MS);
            heardAt = Date.now();
            return true;
          }, (name, data) => { if (mine === era) happen(name, data); });
        }
      } catch { /* the line broke: again below */ }
      clearTimeout(watch);
      if (mine !== era) break;
      if (status === 401 || status === 403) { if (!talk.queue.length) { wipe(words.blanked); break; } }
      if (status !== 200 || isFirst) failures += 1;
      if (failures > 1) tell(status === 429 ? words.busy : status && status !== 200 ? words.trouble : words.offline);
      await pause(failures ? backoff(failures) : Math.random() * 300, (wake) => { wakeListening = wake; });
    }
    if (listening === stop) listening = null;
  }

  function happen(name, data) {
    if (name === 'typing') typing(true);
    if (name === 'ended' && !talk.queue.length) wipe(words.ended);
    if (name !== 'message') return;
    const message = JSON.parse(data);
    if (message.number <= talk.cursor) return;
    talk.cursor = message.number;
    typing(false);
    if (message.erases) blank(); else add({ who: 'bot', number: message.number, text: message.text, rows: message.rows });
    tellSeen();
  }

  function blank() { // the citizen hides the talk from others; it goes on
    talk.lines = []; save();
    log.replaceChildren();
    showNewer();
  }

  let seenTimer = 0;
  function tellSeen() {
    clearTimeout(seenTimer);
    seenTimer = setTimeout(() => ask('POST', '/chat/seen', { number: talk.cursor }).catch(() => {}), 1500);
  }

  // ---- the screen

  const log = $('talk'), main = $('main'), input = $('input');
  const { below, show, showNewer, firstNew } = window.chatScroll(main, log, $('newer'));

  function draw(line) {
    const message = make('div', line.who === 'bot' ? 'message' : 'message mine');
    message.tabIndex = -1;
    const bubble = make('div', line.who === 'bot' ? 'bot' : 'own');
    bubble.append(make('span', 'unseen', (line.who === 'bot' ? words.bot : words.you) + ': '));
    message.append(linked(bubble, line.text));
    if (line.who === 'bot') { if (line.rows.length) message.append(buttons(line)); } else { message.id = 'm' + line.id; drawState(message, line); }
    return message;
  }
  function isAside(one) { return ((one.data || '').split('|')[3] || '').startsWith('_'); } // back, menu, a person
  function buttons(line) {
    const box = make('div', 'buttons');
    for (const row of line.rows) {
      const isFoot = row.every((one) => isAside(one) && one.data !== line.chosen);
      const bar = make('div', isFoot ? 'row foot' : 'row');
      for (const one of row) {
        if (one.url) {
          if (/^(https:|tel:|mailto:)/.test(one.url)) bar.append(link(one.label, one.url, 'button'));
          if (one.url.startsWith(COPY)) bar.append(fetcher(one));
          if (one.url.startsWith(ENTRY)) bar.append(link(one.label, one.url, 'button'));
          continue;
        }
        const button = make('button', isAside(one) ? 'quiet' : '', one.label);
        button.classList.toggle('chosen', one.data === line.chosen);
        const full = named(line.text, one.label);
        if (full !== one.label) button.setAttribute('aria-label', full);
        button.type = 'button';
        button.addEventListener('click', () => press(line, one, button));
        bar.append(button);
      }
      box.append(bar);
    }
    return box;
  }
  function fetcher(one) { // a plain link would not carry the Authorization of a framed page
    const button = make('button', '', one.label);
    button.type = 'button';
    button.addEventListener('click', async () => {
      acted(true);
      let response = null;
      try { response = await ask('GET', one.url); } catch { tell(words.offline); return; }
      if (!response.ok) { tell(response.status === 403 ? words.expired : words.trouble); return; }
      tell('');
      const url = URL.createObjectURL(await response.blob()), file = make('a', '');
      file.href = url; file.download = words.file_name;
      file.click();
      setTimeout(() => URL.revokeObjectURL(url), MINUTE);
    });
    return button;
  }
  function drawState(message, line) {
    const old = message.querySelector('.state');
    if (old) old.remove();
    if (line.state === 'sending') message.append(make('span', 'state', words.sending));
    if (line.state === 'refused') message.append(make('span', 'state', words.refused));
    if (line.state === 'failed') {
      const again = make('button', 'state', words.not_sent);
      again.type = 'button';
      again.addEventListener('click', () => { mark(line.id, 'sending'); wakeDelivery(); deliver(); });
      message.append(again);
    }
  }
  function mark(id, state) {
    const line = talk.lines.find((one) => one.id === id), message = $('m' + id);
    if (line && line.state !== state) { line.state = state; if (message) drawState(message, line); }
    save();
  }

  function add(line) {
    const wasBelow = below() < 120;
    const hadFocus = line.who === 'bot' && document.activeElement && document.activeElement.closest('.spent, .buttons') && log.contains(document.activeElement);
    talk.lines.push(line); save();
    const message = draw(line);
    log.append(message);
    while (log.children.length > LINES_MAX) log.firstChild.remove();
    spend();
    if (hadFocus) message.focus({ preventScroll: true }); // the next Tab is its first button
    if (wasBelow || line.who !== 'bot' || firstNew(message) !== message) show(message); else showNewer();
  }
  function spend() {
    const all = log.querySelectorAll('.message:not(.mine)');
    all.forEach((message, at) => message.classList.toggle('spent', at < all.length - 1));
  }
  let typingTimer = 0;
  function typing(is) {
    clearTimeout(typingTimer);
    const wasBelow = below() < 120;
    $('typing').hidden = !is;
    if (is) { typingTimer = setTimeout(() => typing(false), TYPING_MS); if (wasBelow) main.scrollTop = main.scrollHeight; }
  }
  function tell(text) { const line = $('line'); if (line.textContent !== text) line.textContent = text; line.hidden = !text; }
  function notice(text) { $('notice').textContent = text; $('notice').hidden = !text; }
  function showDevice() {
    $('device').hidden = !talk.isStarted && page.state === 'here';
    $('device-text').textContent = isFramed ? words.device_framed : talk.isRemembered ? words.device_remembered : words.device;
    if ($('remember')) $('remember').checked = talk.isRemembered;
  }
  function showTalk() {
    $('intro').hidden = talk.isStarted;
    $('form').hidden = false;
    $('end').hidden = !talk.isStarted;
    showDevice();
  }
  function showIntro(kind) {
    const choices = kind === 'again' ? [['resume', resume], ['fresh', () => { mustBeNew = true; start(); }]] : [['start', start]];
    $('intro-text').textContent = words[kind];
    $('intro-buttons').replaceChildren(...choices.map(([choice, act]) => {
      const button = make('button', choice === 'resume' ? 'quiet' : '', words[`${kind}.${choice}`]);
      button.type = 'button';
      button.addEventListener('click', act);
      return button;
    }));
    showTalk();
  }

  // ---- what the citizen does

  function act(kind, fields, shown) {
    const one = { id: uuid(), kind, ...fields };
    talk.queue.push(one);
    talk.isStarted = true;
    acted(true);
    if (shown) add({ who: 'you', id: one.id, text: shown, state: '' });
    notice(''); showTalk(); save(); deliver();
  }
  const hasKeys = matchMedia('(hover: hover) and (pointer: fine)').matches; // elsewhere focus calls up a keyboard
  function write() { if (hasKeys) input.focus({ preventScroll: true }); }
  function start() { act('start', { source: tag }); write(); }
  function resume() { talk.isStarted = true; talk.proof = page.proof; talk.isRemembered = page.state === 'remembered'; acted(true); save(); showTalk(); listen(); }

  let pressedAt = 0, pressed = null;
  function press(line, one, button) {
    if (pressed === button && Date.now() - pressedAt < 600) return; // a trembling finger
    pressed = button; pressedAt = Date.now();
    line.chosen = one.data;
    button.closest('.buttons').querySelectorAll('.chosen').forEach((old) => old.classList.remove('chosen'));
    button.classList.add('chosen');
    button.parentElement.classList.remove('foot');
    act('press', { data: one.data, message: String(line.number) }, named(line.text, one.label));
  }

  function send() {
    const text = input.value.trim();
    if (!text) return;
    if (page.state === 'here' && !talk.isStarted) mustBeNew = true; // somebody else's talk is not gone on with
    if (!talk.isStarted && tag) talk.queue.push({ id: uuid(), kind: 'start', source: tag });
    input.value = ''; grow();
    act('text', { text }, text);
  }
  $('form').addEventListener('submit', (event) => { event.preventDefault(); send(); });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  function grow() { input.style.height = 'auto'; input.style.height = Math.min(132, input.scrollHeight + 4) + 'px'; }
  input.addEventListener('input', grow);

  if ($('remember')) $('remember').addEventListener('change', (event) => {
    const remember = event.target.checked;
    session({ remember }).then((response) => { if (!response.ok) showDevice(); }, () => { tell(words.offline); showDevice(); });
  });

  // ---- the end of a talk

  function wipe(text) {
    era += 1;
    if (listening) listening.abort();
    listening = null;
    clearTimeout(seenTimer);
    try { sessionStorage.removeItem(KEY); } catch { /* nothing is kept there */ }
    kept = null;
    talk = empty();
    page.state = page.proof = '';
    log.replaceChildren();
    input.value = ''; grow();
    typing(false); tell('');
    for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
    notice(text); showIntro('hello');
    wakeDelivery(); wakeListening();
  }
  async function end(text) {
    if (other) other.postMessage({ isEnded: true });
    const isHeard = !isFramed && ask('POST', '/chat/end', {}).then((response) => response.ok, () => false);
    wipe(text);
    if (isFramed) return;
    mustBeNew = true; // also when the cookie could not be taken away
    const mine = era;
    let is = await isHeard;
    for (let failures = 2; !is && mine === era && !talk.isStarted; failures += 1) {
      notice(words.ended_offline);
      await pause(backoff(failures), (wake) => { wakeEnd = wake; });
      if (mine === era && !talk.isStarted) is = await ask('POST', '/chat/end', {}).then((response) => response.ok, () => false);
      if (is && !talk.isStarted) notice(text);
    }
  }
  $('end').addEventListener('click', () => $('ending').showModal());
  $('cancel').addEventListener('click', () => $('ending').close());
  $('erase').addEventListener('click', () => { $('ending').close(); end(words.ended); });
  $('data').addEventListener('click', () => { $('ending').close(); act('text', { text: '/data' }, words['ending.data'].replace(/^[^«]*«|»$/g, '')); write(); });

  function acted(isNow) {
    const now = Date.now();
    if (!isNow && now - talk.actedAt < 5000) return;
    if (!isNow && now - talk.actedAt >= IDLE) return; // first the screen is emptied
    talk.actedAt = now;
    if ($('idle').open) $('idle').close();
    if (talk.isStarted) save();
  }
  function tick() {
    if (!talk.isStarted || (talk.isRemembered && !isFramed)) return;
    const idle = Date.now() - talk.actedAt;
    if (idle >= IDLE) end(words.blanked);
    else if (idle >= WARNED) { if (!$('idle').open) $('idle').showModal(); }
    else if (!isFramed && idle < MINUTE && Date.now() - lastSession > REFRESH) { lastSession = Date.now(); session().catch(() => {}); }
  }
  for (const name of ['pointerdown', 'keydown', 'wheel', 'touchmove']) addEventListener(name, () => acted(false), { passive: true });
  $('here').addEventListener('click', () => acted(true));
  $('idle').addEventListener('cancel', () => acted(true)); // by Esc or the phone's back gesture
  setInterval(tick, 5000);

  // ---- the world around

  if (other) other.onmessage = ({ data }) => {
    if (data.isEnded && talk.isStarted) wipe(words.ended);
    if (data.line && data.proof === talk.proof && talk.isStarted && !talk.lines.some((line) => line.id === data.line.id)) add({ ...data.line, state: 'sent' });
  };
  function back() {
    tick();
    wakeDelivery(); wakeListening(); wakeEnd();
    if (listening && Date.now() - heardAt > 20000) { listening.abort(); }
  }
  addEventListener('online', back);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) back(); });
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
  if (window.visualViewport) visualViewport.addEventListener('resize', () => {
    document.documentElement.style.setProperty('--height', visualViewport.height + 'px');
    if (document.activeElement === input) main.scrollTop = main.scrollHeight;
  });
  if (isFramed) {
    const close = () => parent.postMessage({ chat: 'close' }, '*'); // says nothing but that
    $('close').addEventListener('click', close);
    addEventListener('keydown', (event) => { if (event.key === 'Escape' && !document.querySelector('dialog[open]')) close(); });
    addEventListener('message', (event) => { if (event.source === parent && event.data && event.data.chat === 'open' && !$('form').hidden) (talk.isStarted && hasKeys ? input : $('intro-buttons').firstChild || input).focus(); });
  }

  // ---- begin

  const isOld = talk.isStarted && Date.now() - talk.actedAt >= IDLE && !(page.state === 'remembered');
  const isGone = talk.isStarted && !isFramed && !page.state && talk.proof;
  if (isOld) end(words.blanked);
  else if (isGone) wipe(words.blanked);
  else if (talk.isStarted) {
    if (!isFramed && page.state) { talk.proof = page.proof; talk.isRemembered = page.state === 'remembered'; }
    log.setAttribute('aria-busy', 'true');
    for (const line of talk.lines) log.append(draw(line));
    spend(); showTalk();
    log.removeAttribute('aria-busy');
    main.scrollTop = main.scrollHeight;
    listen(); deliver();
  } else if (page.state === 'remembered') resume();
  else showIntro(page.state === 'here' ? 'again' : 'hello');
})();
