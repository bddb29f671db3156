// A stand-in for a convenience feature: remembers the branch that the visitor picked.
(() => {
  const select = document.querySelector('#branch');
  const saved = localStorage.getItem('fern_branch');
  function tell(text) {
    document.dispatchEvent(
      new CustomEvent('demo:tracker', { detail: { category: 'preferences', text } }),
    );
  }
  if (select) {
    if (saved) select.value = saved;
    select.addEventListener('change', () => {
      localStorage.setItem('fern_branch', select.value);
      tell(`${select.value} remembered`);
    });
  }
  tell(saved ? `${saved} remembered` : 'ready to remember your branch');
})();
