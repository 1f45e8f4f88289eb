/** At most eight live maps in a webview: contexts are few and shared with other extensions. */

/** Live maps at a time. A webview allows about 16 WebGL contexts in all. */
export const MAX_LIVE_MAPS = 8;

export interface PoolMember {
  readonly isVisible: () => boolean;
  /** Gives the context up and shows a still. */
  readonly park: () => void;
}

/** Members with a live map, least recently used first. */
const live = new Set<PoolMember>();

/** Room for `member`; another map, best one off screen, is parked when the pool is full. */
export function claim(member: PoolMember): void {
  live.delete(member);
  while (live.size >= MAX_LIVE_MAPS) {
    const [oldest] = live;
    const victim = [...live].find((m) => !m.isVisible()) ?? oldest;
    if (!victim) break;
    live.delete(victim);
    victim.park();
  }
  live.add(member);
}

/** Gives the place of `member` back. */
export function release(member: PoolMember): void {
  live.delete(member);
}

/** How many maps are live. */
export function liveCount(): number {
  return live.size;
}
