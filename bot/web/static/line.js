/* The line to the server, which may be weak: requests with a time limit, server-sent events by fetch, pauses that can be cut. */
(() => {
  'use strict';

  /* wake: is given the function that ends the pause at once. */
  function pause(ms, wake) {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      wake(() => { clearTimeout(timer); done(); });
    });
  }
  /* Longer after each failure, 15 s at most, never for all pages at the same moment. */
  function backoff(failures) { return Math.min(15000, 500 * 2 ** Math.min(failures, 5)) * (0.7 + Math.random() * 0.6); }

  /* As fetch. timeout: ms until the answer begins, 0 for none. */
  async function request(path, { timeout, signal, ...options }) {
    const stop = new AbortController();
    const timer = timeout && setTimeout(() => stop.abort(), timeout);
    if (signal) signal.addEventListener('abort', () => stop.abort());
    try {
      return await fetch(path, { ...options, signal: stop.signal, cache: 'no-store' });
    } finally { clearTimeout(timer); }
  }

  /* Read events until the answer ends. heard: called for every piece, false stops; happened(name, data): for every event. */
  async function events(response, heard, happened) {
    const reader = response.body.getReader(), decoder = new TextDecoder();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done || !heard()) return;
      rest += decoder.decode(value, { stream: true });
      const whole = rest.split('\n\n');
      rest = whole.pop();
      for (const event of whole) {
        let name = '', data = '';
        for (const line of event.split('\n')) {
          if (line.startsWith('event: ')) name = line.slice(7);
          if (line.startsWith('data: ')) data += line.slice(6);
        }
        if (name) happened(name, data);
      }
    }
  }

  window.chatLine = { pause, backoff, request, events };
})();
