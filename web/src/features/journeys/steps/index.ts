import type { Step, StepKind } from "@/api/graph";
import type { Tongue } from "@/graph/conditions";
import type { Part } from "@/lib/sentence";
import { assignCoupon } from "./assign_coupon/face";
import { checkNow } from "./check_now/face";
import { end } from "./end/face";
import { experiment } from "./experiment/face";
import type { Face } from "./face";
import { leaveJourney } from "./leave_journey/face";
import { react } from "./react/face";
import { sendEmail } from "./send_email/face";
import { sendPush } from "./send_push/face";
import { sendSms } from "./send_sms/face";
import { split } from "./split/face";
import { startJourney } from "./start_journey/face";
import { updateContact } from "./update_contact/face";
import { wait } from "./wait/face";
import { waitAfterMessage } from "./wait_after_message/face";
import { waitThenCheck } from "./wait_then_check/face";
import { webhook } from "./webhook/face";

const faces: { [Kind in StepKind]: Face<Extract<Step, { kind: Kind }>> } = {
  send_email: sendEmail,
  send_sms: sendSms,
  send_push: sendPush,
  webhook,
  wait,
  wait_after_message: waitAfterMessage,
  check_now: checkNow,
  wait_then_check: waitThenCheck,
  react,
  split,
  experiment,
  update_contact: updateContact,
  assign_coupon: assignCoupon,
  start_journey: startJourney,
  leave_journey: leaveJourney,
  end,
};

/** The face of a step's kind; every kind of the server has one. */
export const faceOf = (step: Step): Face<Step> => faces[step.kind] as unknown as Face<Step>;

export interface Described {
  kicker: string;
  title: Part[];
  sentences: Part[][];
}

/** Everything that a step says of itself. */
export function describe(step: Step, tongue: Tongue): Described {
  const face = faceOf(step);
  return {
    kicker: face.kicker(step, tongue),
    title: face.title(step, tongue),
    sentences: face.sentences(step, tongue),
  };
}
