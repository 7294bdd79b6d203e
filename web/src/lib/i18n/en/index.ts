import conditions from "./conditions.json";
import contacts from "./contacts.json";
import frame from "./frame.json";
import journeys from "./journeys.json";
import mailbox from "./mailbox.json";
import sentences from "./sentences.json";
import vocabulary from "./vocabulary.json";

export default { ...frame, ...journeys, ...contacts, ...mailbox, ...sentences, ...vocabulary, ...conditions };
