import tseslint from 'typescript-eslint';
import jsdoc from 'eslint-plugin-jsdoc';
import { floors } from './scripts/eslint-floors.mjs';

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'dist-test/**',
      'out/**',
      'test-results/**',
      'node_modules/**',
      'test/host*/node_modules/**',
      '**/generated/**',
      '**/*.mjs',
      '**/*.cjs',
      'test/workspace/**',
      'media/sample/**',
      // AssemblyScript: its own compiler checks it.
      'wasm/**',
    ],
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.lint.json'], tsconfigRootDir: import.meta.dirname } },
    plugins: { nadir: { rules: { floors } }, jsdoc },
    rules: {
      'nadir/floors': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'no-eval': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Bracket access is what `noPropertyAccessFromIndexSignature` asks for.
      '@typescript-eslint/dot-notation': 'off',
      // A getter of a dictionary entry and `delete` of one are ordinary here.
      '@typescript-eslint/no-dynamic-delete': 'off',
      // Static factories (`GeoSlice.create`) live on classes with private constructors.
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['src/**/*.ts', 'kernels/**/*.ts'],
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        { publicOnly: true, require: { FunctionDeclaration: true, ClassDeclaration: true, MethodDefinition: false } },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-floating-promises': 'off', // node:test's test() and describe() return promises nobody awaits
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-misused-spread': 'off', // [...'ABC'] is how tests write small lists
    },
  },
);
