export { type Declaration, readDeclaration, type StackConfiguration } from "./readDeclaration.js";
