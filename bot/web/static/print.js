// «Напечатать»: the one thing a page can't do without a script. Without it the page says how.
const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
