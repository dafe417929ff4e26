package llm

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// tongue is what the validator knows of a language: enough to see a dropped "not", a lost doubt and a changed number.
type tongue struct {
	name     string          // "en"
	common   map[string]bool // words by which the language is told
	negation map[string]bool
	persons  map[string]bool // first and second person
	doubts   map[string]bool // words that leave something open
	voiced   map[string]bool // words that give a statement to somebody
	numbers  map[string]float64
	scales   map[string]float64
	months   map[string]bool // and days, when they have capitals
	comma    bool            // the decimal mark is a comma
	nouns    bool            // nouns have capitals
}

// tongues are the languages that the validator knows. Claims in others are checked for quotes, speakers, digits and names
// only.
var tongues = []tongue{english(), german(), spanish(), french()}

// leastCommon is the share of a text's words by which a language is told.
const leastCommon = 0.1

// tongueOf tells a text's language; its name is "" when it is none of those that are known.
func tongueOf(text string) tongue {
	words := plainWords(text)
	var best tongue
	most := leastCommon * float64(len(words))
	for _, t := range tongues {
		n := 0.0
		for _, w := range words {
			if t.common[w] {
				n++
			}
		}
		if n > most {
			best, most = t, n
		}
	}
	return best
}

// plainWords are the words of a text without case, accents and punctuation.
func plainWords(text string) []string {
	return strings.FieldsFunc(folded(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// folded is a text in lower case without accents: "Zoë" and "Zoe" are one name. Letters with a name of their own stay.
func folded(text string) string {
	for _, r := range text {
		if r >= 0x80 {
			return strings.Map(func(r rune) rune {
				if unicode.Is(unicode.Mn, r) {
					return -1
				}
				return unicode.ToLower(r)
			}, norm.NFKD.String(text))
		}
	}
	return strings.ToLower(text)
}

// counts makes a table of number words: "name=value name=value".
func counts(table string) map[string]float64 {
	m := map[string]float64{}
	for _, f := range strings.Fields(table) {
		name, digits, _ := strings.Cut(f, "=")
		m[name] = number(digits, false)
	}
	return m
}

func english() tongue {
	return tongue{
		name:     "en",
		common:   set("the of and to in that is it for was on are with as be this have from or not by they which you we but at an has his her who what their were more will would been when there can a because did does how why into out up than then if so about off only also some no do had could should said says"),
		negation: negation, persons: persons, doubts: doubts, voiced: voiced, months: months,
		numbers: counts("one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12 thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19 twenty=20 thirty=30 forty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90 dozen=12 twice=2 thrice=3 double=2 doubles=2 doubled=2 doubling=2 twofold=2 triple=3 triples=3 tripled=3 tripling=3 threefold=3 quadruple=4 quadrupled=4 fourfold=4 fivefold=5 tenfold=10"),
		scales:  counts("hundred=100 thousand=1000 million=1000000 billion=1000000000 trillion=1000000000000"),
	}
}

func german() tongue {
	return tongue{
		name:     "de",
		common:   set("der die das und ist nicht ein eine einen einem einer zu den dem des mit von auf fur im sich auch es an als wie bei aus nach sie wird werden sind war hat haben dass oder wenn nur noch aber ich wir kein keine"),
		negation: set("nicht kein keine keinen keinem keiner keines nie niemals niemand niemanden nichts ohne weder kaum nirgends"),
		persons:  set("ich mich mir mein meine meinen meinem meiner wir uns unser unsere unseren unserem unserer du dich dir dein deine deinen euch euer eure"),
		doubts:   set("vielleicht wahrscheinlich vermutlich moglicherweise eventuell womoglich konnte konnten durfte durften wohl anscheinend"),
		voiced:   set("sagt sagte meint meinte glaubt glaubte findet schatzt schatzte laut zufolge erwartet vermutet argumentiert zweifelt halt rechnet ansicht meinung rat warnt"),
		numbers:  counts("ein=1 eins=1 eine=1 zwei=2 drei=3 vier=4 funf=5 sechs=6 sieben=7 acht=8 neun=9 zehn=10 elf=11 zwolf=12 dreizehn=13 vierzehn=14 funfzehn=15 sechzehn=16 siebzehn=17 achtzehn=18 neunzehn=19 zwanzig=20 dreißig=30 vierzig=40 funfzig=50 sechzig=60 siebzig=70 achtzig=80 neunzig=90 doppelt=2 verdoppelt=2 verdreifacht=3 dutzend=12"),
		scales:   counts("hundert=100 tausend=1000 million=1000000 millionen=1000000 milliarde=1000000000 milliarden=1000000000 billion=1000000000000 billionen=1000000000000"),
		months:   set("januar februar marz april mai juni juli august september oktober november dezember montag dienstag mittwoch donnerstag freitag samstag sonntag"),
		comma:    true, nouns: true,
	}
}

func spanish() tongue {
	return tongue{
		name:     "es",
		common:   set("el la los las de que y en un una es no se por con para del al lo como mas pero sus su le ya o este esta son fue ha han muy sin sobre porque cuando tambien nosotros yo"),
		negation: set("no nunca jamas nadie nada ningun ninguno ninguna sin tampoco ni apenas"),
		persons:  set("yo me mi mis mio nosotros nosotras nos nuestro nuestra nuestros nuestras tu tus te ti vosotros vuestro vuestra usted ustedes"),
		doubts:   set("quiza quizas talvez probablemente posiblemente podria podrian acaso puede pueden"),
		voiced:   set("dice dijo cree creia estima estimo segun sostiene opina considera espera calcula afirma advierte explica cuenta argumenta"),
		numbers:  counts("uno=1 un=1 una=1 dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 once=11 doce=12 trece=13 catorce=14 quince=15 dieciseis=16 diecisiete=17 dieciocho=18 diecinueve=19 veinte=20 treinta=30 cuarenta=40 cincuenta=50 sesenta=60 setenta=70 ochenta=80 noventa=90 cien=100 ciento=100 doscientos=200 doscientas=200 trescientos=300 trescientas=300 cuatrocientos=400 quinientos=500 seiscientos=600 setecientos=700 ochocientos=800 novecientos=900 doble=2 triple=3"),
		scales:   counts("mil=1000 millon=1000000 millones=1000000 billon=1000000000000 billones=1000000000000"),
		months:   set("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miercoles jueves viernes sabado domingo"),
		comma:    true,
	}
}

func french() tongue {
	return tongue{
		name:     "fr",
		common:   set("le la les de des du et est un une que qui en dans pour pas sur ne au aux avec par plus ce cette il elle on sont mais ou son sa ses se comme nous vous je d l n c qu ont a"),
		negation: set("pas jamais personne rien aucun aucune sans ni non guere nul nulle"),
		persons:  set("je j me moi mon ma mes nous notre nos tu te toi ton ta tes vous votre vos"),
		doubts:   set("peut-etre peut probablement possiblement pourrait pourraient sans-doute vraisemblablement"),
		voiced:   set("dit disait selon estime estimait pense croit affirme soutient juge espere explique considere avertit d'apres raconte"),
		numbers:  counts("un=1 une=1 deux=2 trois=3 quatre=4 cinq=5 six=6 sept=7 huit=8 neuf=9 dix=10 onze=11 douze=12 treize=13 quatorze=14 quinze=15 seize=16 vingt=20 vingts=20 trente=30 quarante=40 cinquante=50 soixante=60 cent=100 cents=100 double=2 triple=3 douzaine=12"),
		months:   set("janvier fevrier avril mai juin juillet aout septembre octobre novembre decembre lundi mardi mercredi jeudi vendredi samedi dimanche"),
		scales:   counts("mille=1000 million=1000000 millions=1000000 milliard=1000000000 milliards=1000000000 billion=1000000000000"),
		comma:    true,
	}
}
