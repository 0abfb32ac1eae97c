import type { SharedState } from "../world/shared-state.ts";
import type { SandboxControls } from "./controls.ts";

/** Controls that act on the newest state of a file that other processes may change at any time. */
export function sharedControls(
  controls: SandboxControls,
  shared: Pick<SharedState<object>, "act" | "look">,
): Pick<SandboxControls, keyof SandboxControls> {
  return {
    requests: controls.requests,
    now: () => shared.look(() => controls.now()),
    state: () => shared.look(() => controls.state()),
    truth: (...given) => shared.look(() => controls.truth(...given)),
    authorise: async (...given) => await shared.act(() => controls.authorise(...given)),
    reconfirm: (...given) => shared.act(() => controls.reconfirm(...given)),
    advanceTime: (...given) => shared.act(() => controls.advanceTime(...given)),
    inject: (...given) => shared.look(() => controls.inject(...given)),
    setFaults: (...given) => shared.look(() => controls.setFaults(...given)),
    clearFaults: () => controls.clearFaults(),
    setLimits: (...given) => controls.setLimits(...given),
    setRequisitionStatus: (...given) => shared.act(() => controls.setRequisitionStatus(...given)),
    endAccess: (...given) => shared.act(() => controls.endAccess(...given)),
    withdrawBank: (...given) => shared.act(() => controls.withdrawBank(...given)),
    offerBank: (...given) => shared.act(() => controls.offerBank(...given)),
    setAccountStatus: (...given) => shared.act(() => controls.setAccountStatus(...given)),
    setTransactions: (...given) => shared.act(() => controls.setTransactions(...given)),
  };
}
