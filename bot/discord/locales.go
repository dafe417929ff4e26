package discord

// locales are the languages that commands are described in beside English, by Discord's codes, in the order of the columns of
// descriptions. https://discord.com/developers/docs/reference#locales
var locales = []string{"de", "fr", "es-ES", "pt-BR"}

// descriptions are what commands do, by their words; "" is the command that all stand under. Words and arguments stay
// English: they are what is typed everywhere.
var descriptions = map[string][]string{
	"": {"Die besten Podcast-Erkenntnisse des Tages", "Les meilleures idées de podcasts du jour",
		"Las mejores ideas de pódcasts del día", "As melhores ideias de podcasts do dia"},
	"topic": {"Themen folgen, etwa: ai, open source, -crypto", "Suivre des sujets, par exemple : ai, open source, -crypto",
		"Seguir temas, por ejemplo: ai, open source, -crypto", "Seguir temas, por exemplo: ai, open source, -crypto"},
	"untopic": {"Themen nicht mehr folgen", "Cesser de suivre des sujets", "Dejar de seguir temas", "Deixar de seguir temas"},
	"follow": {"Einem Podcast folgen, gleich zu welchem Thema", "Suivre un podcast quels que soient ses sujets",
		"Seguir un pódcast sean cuales sean sus temas", "Seguir um podcast sejam quais forem os temas"},
	"unfollow": {"Einem Podcast nicht mehr folgen", "Ne plus suivre un podcast", "Dejar de seguir un pódcast", "Deixar de seguir um podcast"},
	"mute": {"Einen Podcast, ein Thema oder Wort weglassen", "Écarter un podcast, un sujet ou un mot",
		"Dejar fuera un pódcast, tema o palabra", "Deixar de fora um podcast, tema ou palavra"},
	"unmute": {"Weggelassenes wieder zulassen", "Réadmettre un podcast, un sujet ou un mot écarté",
		"Volver a admitir un pódcast, tema o palabra", "Voltar a admitir um podcast, tema ou palavra"},
	"feeds": {"Was durchsucht wird und in welchem Zustand es ist; export gibt eine OPML-Datei", "Ce qui est parcouru et son état ; export donne un fichier OPML",
		"Qué se explora y en qué estado está; export da un archivo OPML", "O que é examinado e como está; export dá um arquivo OPML"},
	"time": {"Wann das Briefing kommt, etwa: 08:30 weekdays Europe/Berlin", "Quand le bulletin arrive, par exemple : 08:30 weekdays Europe/Paris",
		"Cuándo llega el resumen, por ejemplo: 08:30 weekdays Europe/Madrid", "Quando chega o resumo, por exemplo: 08:30 weekdays America/Sao_Paulo"},
	"settings": {"Ein Formular; oder eine Einstellung, etwa: count 5, language de", "Un formulaire ; ou un seul réglage : count 5, language fr",
		"Un formulario; o un solo ajuste: count 5, language es", "Um formulário; ou um só ajuste: count 5, language pt"},
	"pause": {"Das Briefing eine Weile anhalten, etwa: until 2026-12-01", "Suspendre le bulletin un moment, par exemple : until 2026-12-01",
		"Detener el resumen un tiempo, por ejemplo: until 2026-12-01", "Pausar o resumo por um tempo, por exemplo: until 2026-12-01"},
	"resume": {"Das Briefing wieder kommen lassen", "Faire revenir le bulletin", "Hacer que el resumen vuelva", "Fazer o resumo voltar"},
	"leave": {"Das Abonnement dieses Kanals beenden und löschen, was davon gespeichert ist", "Mettre fin à l'abonnement de ce salon et effacer ce qui en est gardé",
		"Terminar la suscripción de este canal y borrar lo guardado", "Encerrar a assinatura deste canal e apagar o que foi guardado"},
	"status": {"Was dieser Kanal bekommt, wann das nächste Mal, und wie es den Feeds geht", "Ce que reçoit ce salon, quand, et l'état de ses flux",
		"Qué recibe este canal, cuándo, y el estado de sus feeds", "O que este canal recebe, quando, e o estado dos feeds"},
	"now": {"Sofort ein Briefing posten; das des Tages kommt trotzdem", "Publier un bulletin tout de suite ; celui du jour arrive quand même",
		"Publicar un resumen ya; el del día llega igualmente", "Publicar um resumo já; o do dia vem mesmo assim"},
	"preview": {"Das nächste Briefing zeigen, nur dir", "Montrer le prochain bulletin, à toi seul", "Mostrar el próximo resumen, solo a ti", "Mostrar o próximo resumo, só para você"},
	"last": {"Das letzte Briefing noch einmal zeigen, nur dir", "Remontrer le dernier bulletin, à toi seul",
		"Mostrar otra vez el último resumen, solo a ti", "Mostrar de novo o último resumo, só para você"},
	"why": {"Warum etwas gewählt wurde, oder ein Podcast nicht", "Pourquoi une idée a été choisie, ou un podcast non",
		"Por qué se eligió una idea, o un pódcast no", "Por que uma ideia foi escolhida, ou um podcast não"},
	"more": {"Das Zitat mit dem, was davor und danach gesagt wurde", "La citation avec ce qui a été dit autour",
		"La cita con lo que se dijo alrededor", "A citação com o que foi dito em volta"},
	"related": {"Was andere Podcasts dazu gesagt haben", "Ce que d'autres podcasts en ont dit", "Qué dijeron otros pódcasts al respecto", "O que outros podcasts disseram sobre isso"},
	"ask": {"Fragen, was gesagt wurde; die Antwort nennt Folge und Sekunde", "Demander ce qui a été dit ; la réponse cite épisode et seconde",
		"Preguntar qué se dijo; la respuesta cita episodio y segundo", "Perguntar o que foi dito; a resposta cita episódio e segundo"},
	"search": {"Die Erkenntnisse nach Wörtern durchsuchen", "Chercher des mots dans les idées", "Buscar palabras en las ideas", "Procurar palavras nas ideias"},
	"save": {"Etwas für dich aufheben; allein zeigt es, was du aufgehoben hast", "Garder une idée pour toi ; seul, montre ce que tu as gardé",
		"Guardar una idea para ti; solo, muestra lo guardado", "Guardar uma ideia para você; sozinho, mostra o que guardou"},
	"vote": {"Sagen, ob etwas nützlich war, etwa: up 2", "Dire si une idée était utile, par exemple : up 2",
		"Decir si una idea fue útil, por ejemplo: up 2", "Dizer se uma ideia foi útil, por exemplo: up 2"},
	"profile": {"Was Stimmen gelehrt haben: ansehen, setzen, zurücksetzen; forget löscht alles über dich", "Ce que les votes ont appris ; forget efface tout de toi",
		"Lo que enseñaron los votos; forget borra todo sobre ti", "O que os votos ensinaram; forget apaga tudo sobre você"},
	"help": {"Was du fragen kannst", "Ce que tu peux demander", "Qué puedes preguntar", "O que você pode perguntar"},
}

// localized returns the descriptions of a word by locale; nil when there are none.
func localized(word string) map[string]string {
	texts := descriptions[word]
	if len(texts) != len(locales) {
		return nil
	}
	out := map[string]string{}
	for i, code := range locales {
		out[code] = texts[i]
	}
	return out
}
