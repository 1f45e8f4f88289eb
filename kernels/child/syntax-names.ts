/** Names in a syntax tree: what a file declares at its top level and which identifiers are uses of values. */
import ts from 'typescript';

/** All identifiers of a binding name, in order. */
export function bindingNames(name: ts.BindingName): ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? bindingNames(element.name) : []));
}

/** Whether the node carries a modifier of this kind. */
export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((m) => m.kind === kind) ?? false);
}

/** Whether a statement vanishes with its types: interfaces, aliases, `declare`, overloads, type imports, type-only namespaces. */
export function isTypeOnly(node: ts.Statement): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (hasModifier(node, ts.SyntaxKind.DeclareKeyword)) return true;
  if (ts.isFunctionDeclaration(node)) return !node.body;
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (ts.isModuleDeclaration(node)) return !isInstantiated(node);
  return false;
}

function isInstantiated(node: ts.ModuleDeclaration): boolean {
  if (!node.body) return false;
  if (ts.isModuleBlock(node.body)) return node.body.statements.some((s) => !isTypeOnly(s));
  return ts.isModuleDeclaration(node.body) ? isInstantiated(node.body) : true;
}

/** Whether a variable statement is `using` or `await using`. */
export function isUsing(node: ts.VariableStatement): boolean {
  return isUsingList(node.declarationList);
}

/** Whether declarations are `using` or `await using`. */
export function isUsingList(list: ts.VariableDeclarationList): boolean {
  const flags: number = list.flags & ts.NodeFlags.BlockScoped;
  const [using, awaitUsing]: readonly number[] = [ts.NodeFlags.Using, ts.NodeFlags.AwaitUsing];
  return flags === using || flags === awaitUsing;
}

/** Local names of an import declaration with the names they have in the module (`*` for a namespace). */
export function importedNames(node: ts.ImportDeclaration): { imported: string; local: string; node: ts.Node }[] {
  const clause = node.importClause;
  if (!clause || isTypeOnly(node)) return [];
  const names: { imported: string; local: string; node: ts.Node }[] = [];
  if (clause.name) names.push({ imported: 'default', local: clause.name.text, node: clause });
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings))
    names.push({ imported: '*', local: bindings.name.text, node: bindings });
  if (bindings && ts.isNamedImports(bindings)) {
    for (const element of bindings.elements) {
      if (!element.isTypeOnly)
        names.push({ imported: (element.propertyName ?? element.name).text, local: element.name.text, node: element });
    }
  }
  return names;
}

/** Top-level names of a file in the order of their declarations; `using` is left out, since it is local to the cell. */
export function topLevelNames(file: ts.SourceFile): string[] {
  const names = new Set<string>();
  for (const node of file.statements) {
    if (isTypeOnly(node)) continue;
    if (ts.isVariableStatement(node)) {
      if (!isUsing(node))
        for (const d of node.declarationList.declarations) for (const n of bindingNames(d.name)) names.add(n.text);
    } else if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) {
      if (node.name) names.add(node.name.text);
    } else if (ts.isEnumDeclaration(node) || (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name))) {
      names.add((node.name as ts.Identifier).text);
    } else if (ts.isImportDeclaration(node)) {
      for (const n of importedNames(node)) names.add(n.local);
    }
  }
  return [...names];
}

/** Calls `visit` for every identifier that reads or writes a value or declares one; names of properties and types are left out. */
export function forEachValueIdentifier(root: ts.Node, visit: (id: ts.Identifier) => void): void {
  const walk = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      if (!isPropertyPosition(node)) visit(node);
      return;
    }
    if (ts.isExpressionWithTypeArguments(node)) {
      walk(node.expression);
      return;
    }
    if (ts.isTypeNode(node) || ts.isTypeParameterDeclaration(node) || ts.isTypePredicateNode(node)) return;
    if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) return;
    if (ts.isStatement(node) && isTypeOnly(node)) return;
    if (ts.isImportDeclaration(node)) return;
    ts.forEachChild(node, walk);
  };
  walk(root);
}

function isPropertyPosition(id: ts.Identifier): boolean {
  const parent = id.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === id;
  if (ts.isQualifiedName(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.propertyName === id;
  if (ts.isPropertyAssignment(parent) || ts.isEnumMember(parent)) return parent.name === id;
  if (ts.isClassElement(parent) || ts.isMethodSignature(parent)) return parent.name === id;
  if (ts.isMethodDeclaration(parent) || ts.isAccessor(parent)) return parent.name === id;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return parent.label === id;
  if (ts.isMetaProperty(parent) || ts.isJsxAttribute(parent)) return true;
  if (ts.isExportSpecifier(parent)) return parent.propertyName !== undefined && parent.name === id;
  return false;
}
