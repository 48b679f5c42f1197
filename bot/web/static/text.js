/* Words as elements: always text, never markup; phones and https addresses become links. */
(() => {
  'use strict';
  const LINK = /https:\/\/[^\s<>«»"]+|(?:\+7|\b8)[\s\u00a0-]?\(?\d{3,5}\)?(?:[\s\u00a0-]?\d{1,3}){2,4}\b/g;

  function make(name, className, text) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }
  function link(label, href, className) {
    const element = make('a', className, label);
    element.href = href;
    if (href.startsWith('https:')) { element.target = '_blank'; element.rel = 'noopener noreferrer'; }
    return element;
  }
  /* The text put into the element. A phone has eleven digits; shorter ones stay words. */
  function linked(element, text) {
    let from = 0;
    for (const found of text.matchAll(LINK)) {
      let label = found[0], href = '';
      if (label.startsWith('https:')) {
        label = label.replace(/[.,;:!?)\]]+$/, '');
        try { href = new URL(label).href; } catch { continue; }
      } else {
        const digits = label.replace(/\D/g, '');
        if (digits.length !== 11) continue;
        href = 'tel:' + (label[0] === '+' ? '+' : '') + digits;
      }
      element.append(text.slice(from, found.index), link(label, href));
      from = found.index + label.length;
    }
    element.append(text.slice(from));
    return element;
  }

  /* A number button with the words of the list it stands for. */
  function named(text, label) {
    return (/^\d+$/.test(label) && text.split('\n').find((line) => line.startsWith(label + '. '))) || label;
  }

  window.chatText = { make, link, linked, named };
})();
