/** dcmjs has no types; those that the tests need are in real-dcmjs.ts. */
declare module "dcmjs" {
  const dcmjs: unknown;
  export default dcmjs;
}
