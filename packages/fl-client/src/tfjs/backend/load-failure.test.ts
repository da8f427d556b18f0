import { expect, test } from "vitest";
import { loadFailure } from "./load-failure.js";

test.each([
  ["Cannot find package 'x-node' imported from /home/me/a.js", "x-node is not installed"],
  ["Cannot find module 'x-node'\nRequire stack:\n- /home/me/a.js", "x-node is not installed"],
  ["Cannot find module '@a/b'\nRequire stack:\n- /home/me", "x-node lacks its package @a/b"],
  ["Cannot find module '/home/me/x.node'", "x-node can't be loaded (Error)"],
  [
    "The Node.js native addon module (tfjs_binding.node) can not be found at path: /home/me/lib",
    "x-node is installed without its native addon (tfjs_binding.node), as when its install script failed or was not run",
  ],
  [
    "libcudart.so.11.0: cannot open shared object file: No such file or directory",
    "x-node needs the library libcudart.so.11.0, which is not here",
  ],
  [
    "/home/me/lib/libtensorflow.so.2: cannot open shared object file: No such file",
    "x-node needs the library libtensorflow.so.2, which is not here",
  ],
])("%s", (message, why) => {
  expect(loadFailure("x-node", new Error(message))).toBe(why);
});

test("tells a code, else the kind of error, and no path", () => {
  const error = Object.assign(new Error("/home/me/a.node: invalid ELF header"), {
    code: "ERR_DLOPEN_FAILED",
  });
  expect(loadFailure("x-node", error)).toBe("x-node can't be loaded (ERR_DLOPEN_FAILED)");
  expect(loadFailure("x-node", new SyntaxError("/home/me"))).toBe(
    "x-node can't be loaded (SyntaxError)",
  );
  expect(loadFailure("x-node", "/home/me")).toBe("x-node can't be loaded (an error)");
});
