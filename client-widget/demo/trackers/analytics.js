// A stand-in for a measurement service: counts visits in a cookie and reports every few seconds.
(() => {
  const visits = Number(/_fern_visits=(\d+)/.exec(document.cookie)?.[1] ?? 0) + 1;
  document.cookie = `_fern_visits=${visits};Max-Age=2592000;Path=/;SameSite=Lax`;
  let beats = 0;
  function beat() {
    beats += 1;
    new Image().src = `trackers/pixel.svg?analytics&visit=${visits}&beat=${beats}`;
    const detail = { category: 'analytics', text: `visit ${visits}, report ${beats}` };
    document.dispatchEvent(new CustomEvent('demo:tracker', { detail }));
  }
  beat();
  setInterval(beat, 4000);
})();
