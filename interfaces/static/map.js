// A tap on a map goes where the row of the nearest dot leads; the table beside it does so without scripts.

const NEAR = 28; // pixels: about the size of a fingertip

for (const map of document.querySelectorAll('svg.dots[role=img]')) {
  map.classList.add('picked');
  map.addEventListener('click', event => {
    let nearest = null;
    let least = NEAR;
    for (const dot of map.querySelectorAll('circle[data-ref]')) {
      const box = dot.getBoundingClientRect();
      const x = box.left + box.width / 2 - event.clientX;
      const y = box.top + box.height / 2 - event.clientY;
      const far = Math.sqrt(x * x + y * y);
      if (far < least) [nearest, least] = [dot, far];
    }
    const link = nearest && document.querySelector(`a[data-ref="${nearest.dataset.ref}"]`);
    if (link) link.click();
  });
}
