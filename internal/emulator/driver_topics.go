package emulator

import "fmt"

// manageTopics is the right to open and close topics.
func manageTopics(r Rights) bool { return r.ManageTopics }

// openTopic posts the notice that opens a topic; its id is the thread's.
func (w *world) openTopic(c *chat, by User, name string) *Topic {
	thread := len(c.messages) + 1
	c.Topics = append(c.Topics, Topic{Thread: thread, Name: name})
	m := w.post(c, Message{From: &by, Thread: thread, Service: &Service{Kind: "forum_topic_created", Name: name}})
	if by.IsBot {
		m.By = by.ID
	}
	w.announce(c, m, false)
	return c.topic(thread)
}

func (w *world) setTopicClosed(c *chat, by User, topic *Topic, closed bool) {
	topic.Closed = closed
	kind := "forum_topic_reopened"
	if closed {
		kind = "forum_topic_closed"
	}
	m := w.post(c, Message{From: &by, Thread: topic.Thread, Service: &Service{Kind: kind}})
	if by.IsBot {
		m.By = by.ID
	}
	w.announce(c, m, false)
}

// topicOf finds an existing topic and the person who deals with it.
func (w *world) topicOf(by, chatID int64, thread int) (*chat, User, *Topic, error) {
	c, err := w.group(chatID)
	if err != nil {
		return nil, User{}, nil, err
	}
	actor, err := w.actor(c, by, manageTopics)
	if err != nil {
		return nil, User{}, nil, err
	}
	topic := c.topic(thread)
	if topic == nil || topic.Deleted {
		return nil, User{}, nil, fmt.Errorf("emulator: chat %d has no topic %d", chatID, thread)
	}
	return c, actor, topic, nil
}

// AddTopic opens a topic in a forum and returns its thread id.
func (t *Telegram) AddTopic(by, chatID int64, name string) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, err := t.group(chatID)
	if err != nil {
		return 0, err
	}
	if !c.Forum {
		return 0, fmt.Errorf("emulator: chat %d is no forum", chatID)
	}
	actor, err := t.actor(c, by, manageTopics)
	if err != nil {
		return 0, err
	}
	return t.openTopic(c, actor, name).Thread, nil
}

// RenameTopic gives a topic another name.
func (t *Telegram) RenameTopic(by, chatID int64, thread int, name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, actor, topic, err := t.topicOf(by, chatID, thread)
	if err != nil {
		return err
	}
	topic.Name = name
	t.notice(c, &actor, thread, Service{Kind: "forum_topic_edited", Name: name})
	return nil
}

// CloseTopic closes a topic to all but administrators.
func (t *Telegram) CloseTopic(by, chatID int64, thread int) error {
	return t.setClosed(by, chatID, thread, true)
}

// ReopenTopic opens a closed topic.
func (t *Telegram) ReopenTopic(by, chatID int64, thread int) error {
	return t.setClosed(by, chatID, thread, false)
}

func (t *Telegram) setClosed(by, chatID int64, thread int, closed bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, actor, topic, err := t.topicOf(by, chatID, thread)
	if err != nil {
		return err
	}
	t.setTopicClosed(c, actor, topic, closed)
	return nil
}

// DeleteTopic deletes a topic with its messages. The bots are not told.
func (t *Telegram) DeleteTopic(by, chatID int64, thread int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, _, topic, err := t.topicOf(by, chatID, thread)
	if err != nil {
		return err
	}
	topic.Deleted = true
	for _, m := range c.messages {
		if m.Thread == thread {
			m.Deleted = true
		}
	}
	t.touch()
	return nil
}
