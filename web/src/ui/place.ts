/** Keeps what a person reads where it is while rows above or below come and go. */

/** Remembers the first row in sight; the function returned puts it back where it was. A gap does not count: it is filled. */
export function keepPlace(box: HTMLElement, list: HTMLElement): () => void {
  const top = box.getBoundingClientRect().top;
  let row = firstInSight(list.children, top);
  while (row?.classList.contains('gap') === true) row = row.nextElementSibling ?? undefined;
  if (row === undefined) return () => {};
  const before = row.getBoundingClientRect().top;
  const kept = row;
  return () => {
    if (kept.isConnected) box.scrollTop += kept.getBoundingClientRect().top - before;
  };
}

/** By bisection: rows stand below one another. */
function firstInSight(rows: HTMLCollection, top: number): Element | undefined {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && row.getBoundingClientRect().bottom <= top) low = middle + 1;
    else high = middle;
  }
  return rows[low];
}
