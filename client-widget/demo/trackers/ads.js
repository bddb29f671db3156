// A stand-in for an advertising network: marks the visitor with a cookie and fills the slot on the page.
(() => {
  const interest = document.body.dataset.topic ?? 'gardening';
  document.cookie = `_fern_ads=${interest};Max-Age=7776000;Path=/;SameSite=Lax`;
  new Image().src = `trackers/pixel.svg?ads&interest=${interest}`;
  for (const slot of document.querySelectorAll('.ad')) {
    const line = document.createElement('p');
    const reason = document.createElement('p');
    line.className = 'ad-line';
    line.textContent = 'Bramble & Thorn secateurs, a fifth off this week';
    reason.textContent = `Shown because you read about ${interest} (a fake advertisement).`;
    slot.replaceChildren(line, reason);
    slot.classList.add('filled');
  }
  const detail = { category: 'marketing', text: 'advertisement placed' };
  document.dispatchEvent(new CustomEvent('demo:tracker', { detail }));
})();
