/** Tallest element that every browser lays out; beyond it the scroll bar stands for more rows than pixels. */
const MAX_HEIGHT = 8_000_000;

/** Which rows of a long list are in view, and how they are scrolled to. */
export class VirtualScroll {
  readonly #viewport: HTMLElement;
  readonly #spacer: HTMLElement;
  readonly #rowHeight: number;
  #rows = 0;
  #top = 0;

  /**
   * @param viewport scrolls; holds `spacer`
   * @param rowHeight in CSS pixels
   * @param onMove told when other rows are in view
   */
  constructor(viewport: HTMLElement, spacer: HTMLElement, rowHeight: number, onMove: () => void) {
    this.#viewport = viewport;
    this.#spacer = spacer;
    this.#rowHeight = rowHeight;
    viewport.addEventListener('scroll', () => {
      const expected = this.#scrollTopOf(this.#top);
      // The browser rounds; what was set here is no movement of the user.
      if (Math.abs(viewport.scrollTop - expected) > 1) this.#top = this.#rowAt(viewport.scrollTop);
      onMove();
    });
    // Where a pixel of the bar stands for several rows, the wheel still moves by rows.
    viewport.addEventListener(
      'wheel',
      (event) => {
        if (!this.#isScaled || event.ctrlKey) return;
        event.preventDefault();
        this.scrollTo(this.#top + event.deltaY / rowHeight);
        onMove();
      },
      { passive: false },
    );
  }

  /** Number of rows that have room in the viewport. */
  get visibleRows(): number {
    return Math.max(1, Math.floor(this.#viewport.clientHeight / this.#rowHeight));
  }

  /** The first row in view. */
  get firstRow(): number {
    return Math.floor(this.#top);
  }

  /** Where the first row's element goes, in pixels from the top of the spacer. */
  get firstRowOffset(): number {
    return this.#viewport.scrollTop - (this.#top - this.firstRow) * this.#rowHeight;
  }

  setRows(rows: number): void {
    this.#rows = rows;
    this.#spacer.style.height = `${this.#height}px`;
    this.scrollTo(this.#top);
  }

  scrollTo(row: number): void {
    this.#top = Math.min(Math.max(0, row), this.#lastTop);
    this.#viewport.scrollTop = this.#scrollTopOf(this.#top);
  }

  get #height(): number {
    return Math.min(this.#rows * this.#rowHeight, MAX_HEIGHT);
  }

  get #isScaled(): boolean {
    return this.#rows * this.#rowHeight > MAX_HEIGHT;
  }

  get #lastTop(): number {
    return Math.max(0, this.#rows - this.#viewport.clientHeight / this.#rowHeight);
  }

  get #lastScrollTop(): number {
    return Math.max(0, this.#height - this.#viewport.clientHeight);
  }

  #rowAt(scrollTop: number): number {
    return this.#lastScrollTop === 0 ? 0 : (scrollTop / this.#lastScrollTop) * this.#lastTop;
  }

  #scrollTopOf(row: number): number {
    return this.#lastTop === 0 ? 0 : (row / this.#lastTop) * this.#lastScrollTop;
  }
}
