/*
The chat on another site: one script tag puts a button into the corner, the button opens the chat in a frame.

  <script src="https://bot.example/embed.js" defer data-from="site" data-label="Задать вопрос"></script>

data-from: tag of the source, data-label: words of the button; both may be left out. Nothing is loaded before the button
is pressed, nothing is stored on the other site. Styles are set one by one: a strict policy of that site allows it.
*/
(() => {
  'use strict';
  const words = "WORDS";
  const script = document.currentScript;
  const home = new URL(script.src).origin;
  const tag = /^[A-Za-z0-9_-]{1,60}$/.test(script.dataset.from || '') ? script.dataset.from : '';
  const button = document.createElement('button');
  let frame = null;

  button.type = 'button';
  button.textContent = script.dataset.label || words.open;
  button.setAttribute('aria-expanded', 'false');
  Object.assign(button.style, {
    position: 'fixed', right: '16px', bottom: '16px', zIndex: '2147483000', minHeight: '48px', padding: '10px 20px',
    font: '600 17px/1.2 system-ui, sans-serif', color: '#fff', background: '#2a5885', border: '2px solid #fff',
    borderRadius: '24px', cursor: 'pointer', boxShadow: '0 2px 10px rgba(0, 0, 0, .35)',
  });

  function place() {
    const isSmall = innerWidth < 520 || innerHeight < 520;
    Object.assign(frame.style, {
      position: 'fixed', zIndex: '2147483001', border: '0', background: '#fff', colorScheme: 'normal',
      right: isSmall ? '0' : '16px', bottom: isSmall ? '0' : '16px',
      width: isSmall ? '100%' : '400px', height: isSmall ? '100%' : Math.min(680, innerHeight - 32) + 'px',
      borderRadius: isSmall ? '0' : '14px', boxShadow: isSmall ? 'none' : '0 6px 30px rgba(0, 0, 0, .4)',
    });
  }
  function open() {
    if (!frame) {
      frame = document.createElement('iframe');
      frame.title = words.title;
      frame.src = home + '/embed' + (tag ? '?from=' + tag : '');
      frame.referrerPolicy = 'no-referrer';
      frame.addEventListener('load', focus);
      document.body.append(frame);
    }
    place();
    frame.style.display = 'block';
    button.style.visibility = 'hidden';
    button.setAttribute('aria-expanded', 'true');
    focus();
  }
  function focus() {
    if (!isOpen()) return;
    frame.focus();
    frame.contentWindow.postMessage({ chat: 'open' }, home);
  }
  function isOpen() { return Boolean(frame) && frame.style.display !== 'none'; }
  function close() {
    if (!isOpen()) return;
    frame.style.display = 'none';
    button.style.visibility = 'visible';
    button.setAttribute('aria-expanded', 'false');
    button.focus();
  }
  button.addEventListener('click', open);
  addEventListener('resize', () => { if (isOpen()) place(); });
  addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
  addEventListener('message', (event) => {
    if (frame && event.origin === home && event.source === frame.contentWindow && event.data && event.data.chat === 'close') close();
  });
  document.body.append(button);
})();
