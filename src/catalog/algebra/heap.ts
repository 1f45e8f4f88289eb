/** A list whose smallest item comes out first. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  push(item: T): void {
    const items = this.#items;
    let k = items.length;
    items.push(item);
    while (k > 0) {
      const parent = (k - 1) >>> 1;
      // SAFETY: parent < k < length.
      const above = items[parent] as T;
      if (!this.#before(item, above)) break;
      items[k] = above;
      k = parent;
    }
    items[k] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const [top] = items;
    const item = items.pop();
    if (item === undefined || items.length === 0) return top;
    for (let k = 0; ;) {
      let child = 2 * k + 1;
      // SAFETY (both): child + 1 is within the list where it is read.
      if (child + 1 < items.length && this.#before(items[child + 1] as T, items[child] as T)) child++;
      if (child >= items.length || !this.#before(items[child] as T, item)) {
        items[k] = item;
        return top;
      }
      items[k] = items[child] as T;
      k = child;
    }
  }
}
