/** The lists of safe words themselves: their form, and what must not be on them. */
import { describe, expect, it } from "vitest";
import { fold, wordsOf } from "./fold.js";
import { SAFE_WORDS } from "./generated/safe-words.js";

const LISTS = Object.entries(SAFE_WORDS).map(([name, list]) => ({ name, words: list.split(" ") }));

/** `sat` is on the lists: fat saturation is in every second protocol of a magnet, Saturday in hardly any text. */
const DATES = {
  en: `january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sun`,
  fr: `janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    lundi mardi mercredi jeudi vendredi samedi dimanche`,
  de: `januar janner jaenner februar marz maerz april mai juni juli august september oktober november dezember
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag`,
  nl: `januari februari maart april mei juni juli augustus september oktober november december
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag`,
  es: `enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
    lunes martes miercoles jueves viernes sabado domingo`,
  it: `gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
    lunedi martedi mercoledi giovedi venerdi sabato domenica`,
};

const GIVEN_NAMES = {
  en: `james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark
    donald steven paul andrew joshua kenneth kevin brian george edward max mary patricia jennifer linda elizabeth
    barbara susan jessica sarah karen nancy lisa margaret ann grace victor oliver emma olivia amelia`,
  fr: `jean pierre michel andre philippe rene louis alain jacques bernard marcel daniel roger robert claude christian
    georges maurice laurent nicolas lucas hugo marie jeanne francoise monique catherine nathalie isabelle jacqueline
    anne sylvie martine nicole christine sophie camille chloe lea manon ines`,
  de: `peter michael wolfgang thomas klaus werner manfred uwe andreas hans jurgen juergen stefan bernd frank dieter horst
    helmut gerhard heinz lukas jonas felix ursula monika petra elke sabine renate helga karin brigitte ingrid erika
    andrea gisela claudia susanne ute mia lena`,
  nl: `jan piet kees hendrik willem johannes cornelis gerrit dirk pieter bas tim daan sem lucas levi finn bram jeroen
    sander maria anna johanna cornelia hendrika wilhelmina elisabeth petra monique marieke sanne lotte fleur eva noor
    anouk femke ingrid saskia esther`,
  es: `antonio jose manuel francisco juan david javier daniel carlos jesus alejandro miguel rafael pedro angel sergio
    fernando pablo luis jorge maria carmen ana isabel dolores pilar teresa josefa rosa cristina laura elena mercedes
    lucia marta paula sara raquel rocio concepcion`,
  it: `giuseppe giovanni antonio mario luigi francesco angelo vincenzo pietro salvatore carlo franco domenico bruno paolo
    michele giorgio aldo sergio luciano matteo lorenzo maria anna giuseppina rosa angela giovanna teresa lucia carmela
    caterina francesca antonietta carla elena concetta rita margherita giulia`,
};

const SURNAMES = {
  en: `smith johnson williams brown jones garcia miller davis wilson anderson taylor moore jackson thompson white harris
    clark lewis robinson walker young allen king wright scott hill green adams baker nelson hall campbell mitchell
    carter roberts evans turner phillips parker edwards gray willis`,
  fr: `martin bernard thomas petit robert richard durand dubois moreau laurent simon michel lefebvre leroy roux david
    bertrand morel fournier girard bonnet dupont lambert fontaine rousseau vincent muller lefevre faure andre mercier
    blanc guerin boyer garnier chevalier francois legrand gauthier`,
  de: `muller mueller schmidt schneider fischer weber meyer wagner becker schulz hoffmann schafer schaefer koch bauer
    richter klein wolf schroder schroeder neumann schwarz zimmermann braun kruger krueger hofmann hartmann lange schmitt
    werner krause meier lehmann kohler hahn weiss jung stein kaiser`,
  nl: `jong jansen vries berg bakker dijk visser janssen smit meijer boer mulder groot bos vos peters hendriks leeuwen
    dekker brouwer wit dijkstra smits graaf meer mol kok jacobs haan vermeulen heuvel veen broek bruijn schouten beek
    willems vliet hoekstra maas`,
  es: `garcia rodriguez gonzalez fernandez lopez martinez sanchez perez gomez martin jimenez hernandez ruiz diaz moreno
    munoz alvarez romero gutierrez alonso navarro torres dominguez ramos vazquez ramirez gil serrano molina morales
    suarez ortega delgado castro ortiz marin rubio nunez sanz cortes`,
  it: `rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti mancini costa giordano
    rizzo lombardi moretti barbieri fontana santoro mariani rinaldi caruso ferrara galli martini leone longo gentile
    martinelli vitale lombardo serra coppola marchetti parisi villa grasso`,
};

const TITLES_AND_PLACES = `dr prof mrs miss mme mlle herr frau dhr mevr sra dott saint st hospital clinic klinik
  london paris berlin madrid roma amsterdam brussels mayo boston wien zurich`;

describe.each(LISTS)("the list $name", ({ name, words }) => {
  it("is folded, sorted, and has nothing twice", () => {
    expect(words.filter((word) => !/^[a-z\d]+$/.test(word) || fold(word) !== word)).toEqual([]);
    expect(words).toEqual([...new Set(words)].sort());
  });

  it("has no numbers", () => {
    expect(words.filter((word) => /^\d+$/.test(word))).toEqual([]);
  });

  it("has no month, no day of the week, and no half of a day", () => {
    const dates = new Set([...Object.values(DATES), "am pm noon midnight"].flatMap(wordsOf));
    expect(words.filter((word) => dates.has(word))).toEqual([]);
  });

  it("has no common name of a person, no title and no place", () => {
    const names = [GIVEN_NAMES, SURNAMES]
      .flatMap(Object.values)
      .concat(TITLES_AND_PLACES)
      .flatMap(wordsOf);
    expect(words.filter((word) => names.includes(word))).toEqual([]);
  });

  it("does not repeat what the list of the standard has", () => {
    const ofStandard = new Set(name === "dicom" ? [] : SAFE_WORDS.dicom.split(" "));
    expect(words.filter((word) => ofStandard.has(word))).toEqual([]);
  });
});

it("knows the words of common descriptors", () => {
  const all = new Set(LISTS.flatMap(({ words }) => words));
  const descriptors = [
    "ax t2 flair fs sag t1 mprage cor stir dwi adc tof mra brain wo contrast",
    "ct chest abdomen pelvis with iv contrast portal venous phase axial mpr lung window scout",
    "thorax pa lateral mammo bilateral cc mlo us carotid doppler pet fdg whole body ac",
    "irm cerebrale sans injection scanner thoracique avec contraste genou gauche",
    "mrt schadel schaedel nativ mit kontrastmittel rontgen thorax knie links beidseits",
    "mri hersenen zonder contrast echo bovenbuik knie rechts",
    "rm de rodilla derecha sin contraste tac de torax radiografia",
    "rm encefalo senza mdc tc torace addome con contrasto ginocchio destro",
  ].flatMap(wordsOf);
  expect(descriptors.filter((word) => !all.has(word))).toEqual([]);
});
