/** The page on which a person looks at all pictures of a run. */

/** One picture and the sentence that should be true of it. */
export interface Picture {
  readonly file: string;
  readonly sentence: string;
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** HTML with each picture below its sentence. */
export function contactSheet(title: string, pictures: readonly Picture[]): string {
  const figures = pictures.map(
    ({ file, sentence }) =>
      `<figure><figcaption>${escape(sentence)}</figcaption><a href="${escape(file)}"><img src="${escape(file)}" alt="${escape(sentence)}"></a></figure>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title><style>
body { font: 14px sans-serif; margin: 2em; background: #ddd }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(560px, 1fr)); gap: 2em }
figure { margin: 0; background: #fff; padding: 1em } figcaption { min-height: 2.6em } img { width: 100%; border: 1px solid #999 }
</style></head><body><h1>${escape(title)}</h1><main>${figures.join('\n')}</main></body></html>\n`;
}
