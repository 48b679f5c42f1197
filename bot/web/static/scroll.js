/* What stands in sight: the newest words in full where they fit, else from their beginning, with a button to go on. */
window.chatScroll = (main, log, newer) => {
  'use strict';

  function below() { return main.scrollHeight - main.scrollTop - main.clientHeight; }
  function showNewer() { newer.hidden = below() < 60 || !log.firstChild; }
  /* From the citizen's last words on: two quick answers both stay in sight. */
  function firstNew(message) {
    if (message.classList.contains('mine')) return message;
    let first = message;
    while (first.previousElementSibling && !first.previousElementSibling.classList.contains('mine')) first = first.previousElementSibling;
    return first.previousElementSibling || first;
  }
  function show(message) {
    const first = firstNew(message);
    const isHigh = main.scrollHeight - first.offsetTop > main.clientHeight;
    main.scrollTop = isHigh ? first.offsetTop - 8 : main.scrollHeight;
    showNewer();
  }

  newer.addEventListener('click', () => { main.scrollTop += main.clientHeight * 0.8; });
  main.addEventListener('scroll', showNewer, { passive: true });
  return { below, show, showNewer, firstNew };
};
