declare module '*/h5wasm/dist/esm/hdf5_util.js' {
  const factory: (options: {
    noInitialRun: boolean;
    print: (line: string) => void;
    printErr: (line: string) => void;
  }) => Promise<import('./hdf5-library.js').H5Functions>;
  export { factory as default };
}
